/** A Finesse server whose directory is read, as its administrator. */
import { basicAuthorization, causeBelow, textWithin } from '../../http/outgoing.ts'
import { StartFailure } from '../start-failure.ts'
import { type Content, rootOf } from './elements.ts'

export interface SourceOptions {
  readonly from: URL
  readonly user: string
  readonly password: string
}

/** Time limit for an answer, in ms. Lists of all users take long. */
const PATIENCE = 120_000
/** Longest document, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024

/** How a resource is missing. Servers do not have all of them. */
const MISSING = [404, 405, 501]

export interface Found {
  readonly content: Content
  /** `Content-Range`, or `''`. */
  readonly range: string
}

export class Source {
  readonly #options: SourceOptions

  constructor(options: SourceOptions) {
    this.#options = options
  }

  /**
   * The content of the root of `GET /finesse/api/…`; `undefined` if the server does not have it.
   *
   * @throws StartFailure if the server cannot be reached, refuses the account, or answers with something else.
   */
  async get(path: string, root: string): Promise<Content> {
    return (await this.find(path, root))?.content
  }

  /** The same, with the range of objects in it. */
  async find(path: string, root: string, range?: string): Promise<Found | undefined> {
    const response = await this.#ask(path, range)
    const text = await this.#textOf(response, path)
    if (MISSING.includes(response.status)) return undefined
    if (response.status !== 200 && response.status !== 206) throw this.#refusal(response.status, path)
    const content = rootOf(text, root)
    if (content === undefined)
      throw this.#failure(`is no Finesse: /finesse/api/${path} has no element ${root} as its root`)
    return { content, range: response.headers.get('content-range') ?? '' }
  }

  async #ask(path: string, range: string | undefined): Promise<Response> {
    const { from, user, password } = this.#options
    try {
      return await fetch(new URL(`finesse/api/${path}`, from), {
        headers: {
          authorization: basicAuthorization(user, password),
          accept: 'application/xml',
          ...(range === undefined ? {} : { range }),
        },
        // The credentials must not go to another server.
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      })
    } catch (error) {
      throw this.#failure(unreachable(error))
    }
  }

  async #textOf(response: Response, path: string): Promise<string> {
    let text: string | undefined
    try {
      text = await textWithin(response, MAX_BYTES)
    } catch (error) {
      throw this.#failure(unreachable(error))
    }
    if (text === undefined) throw this.#failure(`answered /finesse/api/${path} with more than ${MAX_BYTES} bytes`)
    return text
  }

  #refusal(status: number, path: string): StartFailure {
    const { user } = this.#options
    if (status === 401 || status === 403)
      return this.#failure(`refuses ${user}: wrong password, a locked account, or no administrator (${status})`)
    if (status === 503) return this.#failure('is out of service (503)')
    return this.#failure(`answered /finesse/api/${path} with ${status}`)
  }

  #failure(what: string): StartFailure {
    return new StartFailure(`${this.#options.from.origin} ${what}`)
  }
}

function unreachable(error: unknown): string {
  const { code, message, isUntrusted } = causeBelow(error)
  if (isUntrusted) return `has a certificate that is not trusted (${code}): --ca FILE, or --insecure`
  return `cannot be reached: ${message === '' ? code : message}`
}
