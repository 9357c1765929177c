/** Upgrades to WebSockets that need a sign-in. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { signingIn } from '../../sockets/index.ts'
import type { Admitted, Gate } from './gate.ts'
import { AccessRefusal } from './refusal.ts'
import { requireSameOrigin } from './same-origin.ts'

export interface EntranceOptions<Grant, Query> {
  readonly path: string
  readonly gate: Gate<Grant>
  /** Host names of this server; see `requireSameOrigin`. */
  readonly names: readonly string[]
  /** Largest message of a client in bytes. */
  readonly maxMessage: number
  /** The reason why no more clients are accepted; `undefined` if there is room. */
  readonly full: () => string | undefined
  /** Parses the query. Throws the refusal of a query that cannot be read, before the sign-in is checked. */
  readonly query: (query: URLSearchParams) => Query
  /** Awaited after the sign-in, before the client is connected. */
  readonly ready?: () => Promise<void> | undefined
  readonly connected: (socket: WebSocket, admitted: Admitted<Grant>, query: Query) => void
  /** Called with unexpected errors. The client gets no details. */
  readonly failed: (error: unknown) => void
}

/** Code and reason with which a stream is closed when its sign-in has ended (RFC 6455 7.4.1). */
const POLICY_VIOLATION = 1008
const SIGN_IN_OVER = 'the sign-in has ended'

/** Handles the WebSocket upgrades of one path of an HTTP server. */
export class Entrance<Grant, Query> {
  readonly #options: EntranceOptions<Grant, Query>
  readonly #server: WebSocketServer
  #isClosed = false

  constructor(options: EntranceOptions<Grant, Query>) {
    this.#options = options
    this.#server = new WebSocketServer({ noServer: true, clientTracking: true, maxPayload: options.maxMessage })
  }

  /** Accepts or refuses an upgrade for its path. Returns false for other paths, and leaves the request untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // Not parsed as a URL, because clients can send any text here, and `//` is not a URL.
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    if (path.replace(/\/$/, '') !== this.#options.path) return false
    socket.on('error', () => undefined)
    this.#admit(request, new URLSearchParams(query))
      .then((entered) => {
        if (socket.destroyed) return
        this.#server.handleUpgrade(request, socket, head, (webSocket) => {
          const stop = this.#options.gate.whenOver(entered.admitted, () =>
            webSocket.close(POLICY_VIOLATION, SIGN_IN_OVER),
          )
          webSocket.once('close', stop)
          this.#options.connected(webSocket, entered.admitted, entered.query)
        })
      })
      .catch((error: unknown) => refuse(socket, this.#refusalOf(error)))
    return true
  }

  /** Accepts no more clients, and cuts off those that are connected. Their streams should be closed before. */
  close(): void {
    this.#isClosed = true
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }

  async #admit(request: IncomingMessage, asked: URLSearchParams) {
    const { names, gate, ready } = this.#options
    requireSameOrigin(request.headers, names)
    const query = this.#options.query(asked)
    const admitted = await signingIn(request.socket, gate.enter(asked.get('ticket'), request))
    await ready?.()
    const reason = this.#isClosed ? 'the server is stopping' : this.#options.full()
    if (reason !== undefined) throw new AccessRefusal('UNAVAILABLE', '', reason)
    return { admitted, query }
  }

  #refusalOf(error: unknown): AccessRefusal {
    if (error instanceof AccessRefusal) return error
    this.#options.failed(error)
    return new AccessRefusal('INTERNAL_ERROR', '', 'something went wrong here; the log of the server has more')
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  501: 'Not Implemented',
  503: 'Service Unavailable',
}

function refuse(socket: Duplex, { status, body }: AccessRefusal): void {
  const text = JSON.stringify(body)
  socket.end(
    [
      `HTTP/1.1 ${status} ${REASONS[status] ?? 'Internal Server Error'}`,
      'Connection: close',
      'Cache-Control: no-store',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
  )
}
