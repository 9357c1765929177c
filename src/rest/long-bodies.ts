/** Limits how many requests with long bodies are read at a time, because each body is in memory as a whole. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { RestRefusal } from './refusal.ts'

const MOST = 8

export class LongBodies {
  #open = 0

  /**
   * Throws `RestRefusal` (503) if there are too many. The request counts until it is answered, or its stream is closed:
   * requests that are injected into Fastify are never closed.
   */
  admit(request: IncomingMessage | Http2ServerRequest, answer: ServerResponse | Http2ServerResponse): void {
    if (this.#open >= MOST) throw new RestRefusal('OUT_OF_SERVICE')
    this.#open += 1
    let counts = true
    const ends = () => {
      if (counts) this.#open -= 1
      counts = false
    }
    request.once('close', ends)
    answer.once('finish', ends)
  }
}
