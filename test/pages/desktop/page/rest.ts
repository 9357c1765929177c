/** Finesse over REST: HTTP Basic, XML, and errors as `ApiErrors`. */
import { parsed, text, written } from './xml.ts'

/** The server has refused a request. */
export class Refused extends Error {}

export class Rest {
  readonly #base: string
  readonly #authorization: string

  /** `base` is for example `http://127.0.0.1:8082`. */
  constructor(base: string, user: string, password: string) {
    this.#base = `${base}/finesse/api/`
    this.#authorization = `Basic ${btoa(`${user}:${password}`)}`
  }

  async get(path: string): Promise<Element> {
    return parsed(await this.#ask('GET', path))
  }

  /** Resolves when the server has accepted the request. What became of it is in the notifications. */
  async send(method: 'PUT' | 'POST', path: string, body: Element): Promise<void> {
    await this.#ask(method, path, written(body))
  }

  async #ask(method: string, path: string, body?: string): Promise<string> {
    const headers = { authorization: this.#authorization, 'content-type': 'application/xml' }
    const answer = await fetch(this.#base + path, { method, headers, ...(body === undefined ? {} : { body }) })
    const content = await answer.text()
    if (answer.ok) return content
    throw new Refused(`${answer.status} ${content === '' ? '' : text(parsed(content), 'ApiError/ErrorType')}`)
  }
}
