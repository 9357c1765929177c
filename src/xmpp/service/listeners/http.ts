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
import { type Listener, listen, type Place } from './listen.ts'

/** What is behind the paths. */
export interface HttpEntry {
  /** False leaves the request to the caller, untouched. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** False leaves the socket to the caller, untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

/** Whoever takes longer to send a request is cut off, on a connection with a session as well. */
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

/** Answers an upgrade that is not wanted. */
export function refuseUpgrade(socket: Duplex, status: '403 Forbidden' | '404 Not Found'): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`)
}

/** HTTP server of its own. Rejects with one error that names surface and port. */
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
    if (!entry.handleUpgrade(request, socket, head)) refuseUpgrade(socket, '404 Not Found')
  })
  // Before a request is complete the default handler would log nothing and hold the socket: answer and cut off.
  server.on('clientError', (_error, socket) => socket.destroy())
  const listener = await listen(server, place)
  return {
    ...listener,
    close: () => {
      const closed = listener.close()
      // WebSockets are no longer the HTTP server's; the streams on them end by themselves.
      server.closeAllConnections()
      return closed
    },
  }
}
