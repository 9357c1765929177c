import type { Readable } from 'node:stream'
import { type Connected, type CorsMode, corsHeaders, mayUse, type PageAccess, sourceOf } from '../../../http/index.ts'
import { checkingPassword, hasSession, type Peer } from '../../../sockets/index.ts'
import type { Limits } from '../limits.ts'
import { type BodyRequest, parseBody, terminateXml } from '../transports/bosh/body.ts'
import type { Exchange } from '../transports/bosh/exchange.ts'
import type { BoshSessions } from '../transports/bosh/sessions.ts'
import { pathOf } from './http.ts'

const PATHS = ['/http-bind', '/http-bind/']
/** Is the request one for BOSH? */
export const isForBosh = (request: { readonly url?: string | undefined }): boolean => PATHS.includes(pathOf(request))

const XML_TYPE = 'text/xml; charset=utf-8'
/** Milliseconds that sending an answer may take. The connection of a client that reads more slowly is closed. */
const STALL_MS = 20_000
/** Most chunks of one request that are kept before they are joined. */
const MOST_CHUNKS = 256

/** A request from any HTTP server, HTTP/1.1 or HTTP/2. */
export interface HttpRequest extends Readable, Connected {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly httpVersionMajor: number
  /** The connection that it came on. */
  readonly socket: Peer
}

/** The response to an `HttpRequest`. */
export interface HttpResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body?: string): unknown
  destroy(): unknown
  on(event: 'close' | 'finish' | 'error', call: () => void): unknown
}

/** Takes BOSH requests from any HTTP server. */
export class BoshEntry {
  readonly #sessions: BoshSessions
  readonly #limits: Limits
  readonly #access: PageAccess

  constructor(sessions: BoshSessions, limits: Limits, access: PageAccess) {
    this.#sessions = sessions
    this.#limits = limits
    this.#access = access
  }

  /**
   * Takes a request for `/http-bind` (`notifications 1.2`) and returns true. Otherwise returns false and leaves the
   * request untouched.
   */
  handleRequest(request: HttpRequest, response: HttpResponse): boolean {
    if (!isForBosh(request)) return false
    response.on('error', () => undefined)
    const answer = new HttpAnswer(request, response, this.#access.cors)
    if (request.method === 'POST' && !mayUse(this.#access.cors, request, this.#access.names)) answer.send(403)
    else if (request.method === 'POST') this.#receive(request, answer)
    else if (request.method === 'OPTIONS') answer.send(204, { allow: 'POST, OPTIONS' })
    else answer.send(405, { allow: 'POST, OPTIONS' })
    return true
  }

  #receive(request: HttpRequest, answer: HttpAnswer): void {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= this.#limits.boshRequestBytes) collect(chunks, chunk)
      else if (chunks.length > 0) {
        chunks.length = 0
        // The rest of the body is discarded, because it may be of any size.
        answer.refuse(413, 'policy-violation')
      }
    })
    request.on('error', () => undefined)
    request.on('end', () => {
      if (bytes <= this.#limits.boshRequestBytes) this.#handle(Buffer.concat(chunks), answer)
    })
  }

  #handle(content: Buffer, answer: HttpAnswer): void {
    let request: BodyRequest
    try {
      request = parseBody(new TextDecoder('utf-8', { fatal: true }).decode(content), this.#limits)
    } catch {
      // The session of the request is unknown (`notifications 14`).
      answer.refuse(400, 'bad-request')
      return
    }
    this.#sessions.handle(request, answer)
  }
}

/** Keeps a chunk, and joins many chunks into one. A chunk of a single byte needs far more memory than that byte. */
function collect(chunks: Buffer[], chunk: Buffer): void {
  chunks.push(chunk)
  if (chunks.length >= MOST_CHUNKS) chunks.splice(0, chunks.length, Buffer.concat(chunks))
}

/** The answer to one request, which may be sent much later. */
class HttpAnswer implements Exchange {
  readonly source: string | undefined
  readonly #request: HttpRequest
  readonly #response: HttpResponse
  readonly #cors: CorsMode
  #answered = false

  constructor(request: HttpRequest, response: HttpResponse, cors: CorsMode) {
    this.source = sourceOf(request)
    this.#request = request
    this.#response = response
    this.#cors = cors
  }

  answer(xml: string, done: () => void): void {
    if (this.#answered) {
      done()
      return
    }
    let isDone = false
    const over = () => {
      if (!isDone) done()
      isDone = true
    }
    this.#response.on('finish', over)
    // When the client has disconnected, `finish` is never emitted.
    this.#response.on('close', over)
    this.send(200, {}, xml)
  }

  send(status: number, headers: Record<string, string> = {}, xml?: string): void {
    if (this.#answered) return
    this.#answered = true
    const content: Record<string, string> =
      xml === undefined ? {} : { 'content-type': XML_TYPE, 'content-length': String(Buffer.byteLength(xml)) }
    const cors = corsHeaders(this.#cors, this.#request)
    this.#response.writeHead(status, { ...cors, 'cache-control': 'no-store', ...content, ...headers })
    // Real time on purpose: the connection must end even if the time of the service is virtual.
    const stall = setTimeout(() => this.#response.destroy(), STALL_MS)
    this.#response.on('close', () => clearTimeout(stall))
    this.#response.end(xml)
  }

  /** Refuses a request that cannot be accepted, and closes the connection. */
  refuse(status: number, condition: 'bad-request' | 'policy-violation'): void {
    const close: Record<string, string> = this.#request.httpVersionMajor < 2 ? { connection: 'close' } : {}
    this.send(status, close, terminateXml(condition))
  }

  bound(): void {
    hasSession(this.#request.socket)
  }

  checkingPassword(): () => void {
    return checkingPassword(this.#request.socket)
  }

  drop(): void {
    this.#answered = true
    this.#response.destroy()
  }

  onGone(call: () => void): void {
    this.#response.on('close', () => {
      if (!this.#answered) call()
    })
  }
}
