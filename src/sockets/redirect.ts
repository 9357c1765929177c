/** Redirects plain HTTP requests on a port with TLS to the https address (`user 1.2`). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isIPv6 } from 'node:net'

const HOST = /^(?:[a-z\d._-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i
const MAX_HEADER_BYTES = 16 * 1024

/** Answers each HTTP request on the given sockets with a redirect to the https address of the same resource. */
export class Redirects {
  readonly #server: Server

  constructor() {
    // This server does not listen. The guard closes the connections of slow clients.
    this.#server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => answer(request, response))
    this.#server.on('clientError', (_error, socket) => socket.destroy())
    this.#server.on('connect', (_request, socket) => socket.destroy())
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      socket.end(
        `HTTP/1.1 301 Moved Permanently\r\nLocation: ${addressOf(request)}\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        () => socket.destroy(),
      )
    })
  }

  take(socket: Socket): void {
    this.#server.emit('connection', socket)
  }
}

/**
 * Answers when the whole request has arrived. If the connection closed while the client sends, it would lose the
 * answer.
 */
function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  request.once('end', () => {
    const headers = { location: addressOf(request), 'cache-control': 'no-store', connection: 'close' }
    response.writeHead(301, { ...headers, 'content-length': '0' }).end()
  })
}

function addressOf({ headers: { host }, socket, url = '' }: IncomingMessage): string {
  const { localAddress = 'localhost', localPort } = socket
  const own = `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`
  const path = url.startsWith('/') ? url.replaceAll(/[^!-~]/g, encodeURIComponent) : '/'
  return `https://${host !== undefined && HOST.test(host) ? host : own}${path}`
}
