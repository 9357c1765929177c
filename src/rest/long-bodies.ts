/** Limits how many requests with long bodies are read at a time, because each body is in memory as a whole. */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { RestRefusal } from './refusal.ts'

const MOST = 8

export class LongBodies {
  #open = 0

  /** Throws `RestRefusal` (503) if there are too many. The request counts until its stream is closed. */
  admit(request: IncomingMessage | Http2ServerRequest): void {
    if (this.#open >= MOST) throw new RestRefusal('OUT_OF_SERVICE')
    this.#open += 1
    request.once('close', () => {
      this.#open -= 1
    })
  }
}
