import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { mayUse, type PageAccess } from '../../../http/index.ts'
import { serveWebSocket } from '../transports/websocket.ts'
import type { Connect } from '../transports/wire.ts'
import type { XmlLimits } from '../xml/parser.ts'
import { pathOf, refuseUpgrade } from './http.ts'

const PATHS = ['/ws', '/ws/']

/** Is the upgrade one to XMPP over WebSocket? */
export const isForXmpp = (request: { readonly url?: string | undefined }): boolean => PATHS.includes(pathOf(request))
/** Most fragments of one message, and most reads of the socket for one frame. Above it the connection is closed. */
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
      // Higher than the limit of a stanza, so that the stream can send a stream error before `ws` closes the
      // connection.
      maxPayload: 4 * limits.stanzaBytes,
      // A fragment of a single byte needs far more memory than that byte.
      maxFragments: MOST_PIECES,
      maxBufferedChunks: MOST_CHUNKS,
      handleProtocols: (offered) => (offered.has('xmpp') ? 'xmpp' : false),
    })
  }

  /**
   * Takes an upgrade request for `/ws` or `/ws/` (`notifications 1.2`) and returns true. Otherwise returns false and
   * leaves the request untouched.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!isForXmpp(request)) return false
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
