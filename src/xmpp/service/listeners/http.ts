/** HTTP servers for WebSocket and BOSH, with and without TLS. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TlsCertificate } from '../../../tls/index.ts'
import { inTurn } from '../../../waiting/present-turn.ts'
import { type Listener, listen, type Place } from './listen.ts'

/** Handlers of requests and upgrades. */
export interface HttpEntry {
  /** Handles a request and returns true, or returns false and leaves the request untouched. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** Handles an upgrade and returns true, or returns false and leaves the socket untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

/** Times that a client may take to send a request. They also apply to connections with a session. */
const OPTIONS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16 * 1024,
}

/** Path of a request, without its query. */
export function pathOf(request: Pick<IncomingMessage, 'url'>): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

/** Refuses an upgrade and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: '403 Forbidden' | '404 Not Found'): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`)
}

/** Opens an HTTP server for BOSH and WebSocket. Rejects with one error that names the surface and its port. */
export async function listenHttp(
  place: Place,
  entry: HttpEntry,
  certificate: TlsCertificate | undefined,
): Promise<Listener> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (!entry.handleRequest(request, response)) response.writeHead(404, { 'cache-control': 'no-store' }).end()
  }
  const server =
    certificate === undefined
      ? createHttpServer(OPTIONS, answer)
      : createHttpsServer({ ...OPTIONS, ...certificate.context() }, answer)
  if (certificate !== undefined && 'setSecureContext' in server) certificate.follow(server)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // While it waits, nobody else handles errors. Without a listener a reset would end the process.
    socket.on('error', () => undefined)
    inTurn(() => {
      if (!entry.handleUpgrade(request, socket, head)) refuseUpgrade(socket, '404 Not Found')
    })
  })
  // A malformed or late request gets no answer. Its socket is closed at once, so that it is not kept open.
  server.on('clientError', (_error, socket) => socket.destroy())
  const listener = await listen(server, place)
  return {
    ...listener,
    close: () => {
      const closed = listener.close()
      // This does not include WebSockets, which no longer belong to the HTTP server. Their streams end by themselves.
      server.closeAllConnections()
      return closed
    },
  }
}
