import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { serveTcp } from './tcp.ts'
import { serveWebSocket } from './websocket.ts'
import type { Wire, WirePeer } from './wire.ts'
import type { XmlLimits } from './xml/parser.ts'

/** Makes the stream on a new connection. */
export type Connect = (wire: Wire) => WirePeer

/** Something that listens. */
export interface Listener {
  readonly port: number
  /** Takes no more connections; resolves when the last one has ended. */
  close(): Promise<void>
}

/** Where a listener is to listen; `surface` names it in errors. */
export interface Place {
  readonly surface: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

function listen(server: Server, place: Place): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be opened (${error.code ?? error.message})`
      reject(new Error(`${place.surface}: port ${place.port} on ${place.host} ${reason}`, { cause: error }))
    }
    server.once('error', failed)
    server.listen({ port: place.port, host: place.host }, () => {
      server.off('error', failed)
      // Later errors concern single connections (no file descriptor left, for example): the listener goes on.
      server.on('error', () => undefined)
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : place.port
      resolve({ port, close: () => closeServer(server) })
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

/** XMPP over plain TCP. Rejects with one error that names surface and port. */
export function listenTcp(place: Place, limits: XmlLimits, connect: Connect): Promise<Listener> {
  return listen(
    createTcpServer((socket) => serveTcp(socket, limits, connect)),
    place,
  )
}

const PATHS = ['/ws', '/ws/']

/** Takes WebSocket upgrades from any HTTP server. */
export class WebSocketEntry {
  readonly #server: WebSocketServer
  readonly #limits: XmlLimits
  readonly #connect: Connect
  readonly #closed: Set<Promise<void>> = new Set()

  constructor(limits: XmlLimits, connect: Connect) {
    this.#limits = limits
    this.#connect = connect
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Beyond the limit of a stanza, so that the session layer can answer with a stream error before `ws` cuts off.
      maxPayload: 4 * limits.stanzaBytes,
      handleProtocols: (offered) => (offered.has('xmpp') ? 'xmpp' : false),
    })
  }

  /**
   * Takes an upgrade request for `/ws` or `/ws/` (`notifications.md` 1.2); false leaves it to the caller, untouched.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (!PATHS.includes(path)) return false
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const closed = new Promise<void>((resolve) => webSocket.once('close', () => resolve()))
      this.#closed.add(closed)
      void closed.then(() => this.#closed.delete(closed))
      serveWebSocket(webSocket, this.#limits, this.#connect)
    })
    return true
  }

  /** Resolves when every connection has ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#closed)
  }
}

/** HTTP server of its own for WebSocket; other requests get 404 until BOSH is there. */
export async function listenWebSocket(place: Place, entry: WebSocketEntry): Promise<Listener> {
  const server: HttpServer = createHttpServer(
    { requestTimeout: 10_000, maxHeaderSize: 16 * 1024 },
    (_request, response) => {
      response.writeHead(404).end()
    },
  )
  server.on('upgrade', (request, socket, head) => {
    if (entry.handleUpgrade(request, socket, head)) return
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  // Before a request is complete the default handler would log nothing and hold the socket: answer and cut off.
  server.on('clientError', (_error, socket) => socket.destroy())
  const listener = await listen(server, place)
  return {
    port: listener.port,
    close: () => {
      const closed = listener.close()
      // WebSockets are no longer the HTTP server's; the streams on them end by themselves.
      server.closeAllConnections()
      return closed
    },
  }
}
