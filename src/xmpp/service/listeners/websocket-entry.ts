import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { mayUse, type PageAccess } from '../../../http/index.ts'
import { serveWebSocket } from '../transports/websocket.ts'
import type { Connect } from '../transports/wire.ts'
import type { XmlLimits } from '../xml/parser.ts'
import { pathOf, refuseUpgrade } from './http.ts'

const PATHS = ['/ws', '/ws/']
/** Pieces of one message, and reads of the socket until one of them is complete; whoever has more is cut off. */
const MOST_PIECES = 256
const MOST_CHUNKS = 4096

/** Takes WebSocket upgrades from any HTTP server. */
export class WebSocketEntry {
  readonly #server: WebSocketServer
  readonly #limits: XmlLimits
  readonly #connect: Connect
  readonly #access: PageAccess
  readonly #closed: Set<Promise<void>> = new Set()

  constructor(limits: XmlLimits, access: PageAccess, connect: Connect) {
    this.#limits = limits
    this.#access = access
    this.#connect = connect
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Beyond the limit of a stanza, so that the session layer can answer with a stream error before `ws` cuts off.
      maxPayload: 4 * limits.stanzaBytes,
      // Each piece costs more memory than the byte that it may have.
      maxFragments: MOST_PIECES,
      maxBufferedChunks: MOST_CHUNKS,
      handleProtocols: (offered) => (offered.has('xmpp') ? 'xmpp' : false),
    })
  }

  /**
   * Takes an upgrade request for `/ws` or `/ws/` (`notifications 1.2`); false leaves it to the caller, untouched.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!PATHS.includes(pathOf(request))) return false
    if (!mayUse(this.#access.cors, request, this.#access.names)) {
      refuseUpgrade(socket, '403 Forbidden')
      return true
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const closed = new Promise<void>((resolve) => webSocket.once('close', () => resolve()))
      this.#closed.add(closed)
      void closed.then(() => this.#closed.delete(closed))
      serveWebSocket(webSocket, request, this.#limits, this.#connect)
    })
    return true
  }

  /** Resolves when every connection has ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#closed)
  }
}
