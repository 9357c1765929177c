/** The REST API of one side of the followed Finesse. */
import type { Clock } from '../../engine/ports.ts'
import { basicAuthorization, causeBelow, textWithin } from '../../http/outgoing.ts'
import { readApiError } from '../events/api-error.ts'
import { parseTree, type Tree, Unreadable } from '../events/tree.ts'
import type { Account, Accounts } from './accounts.ts'
import { RequestBudget, type Urgency } from './budget.ts'
import { UpstreamError } from './error.ts'
import type { FollowLimits } from './limits.ts'

/** Makes an HTTP request. It is `fetch`, unless a test gives another one. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export interface RestOptions {
  /** For example `https://finesse.example.test:8445`. */
  readonly rest: string
  readonly clock: Clock
  readonly limits: FollowLimits
  readonly accounts: Accounts
  readonly fetch?: Fetch | undefined
}

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST'
  /** Below `/finesse/api/`. */
  readonly path: string
  /** Whose account makes it; `undefined`: none is needed. */
  readonly as: string | undefined
  readonly urgency: Urgency
  readonly body?: string | undefined
  readonly requestId?: string | undefined
}

export interface Answer {
  readonly status: number
  /** `undefined` for an empty body. */
  readonly tree: Tree | undefined
}

/** What an answer means for the health of the server: it works, or it is sick. */
const isSick = (status: number): boolean => status >= 500

export class UpstreamRest {
  readonly #options: RestOptions
  readonly #budget: RequestBudget
  readonly #base: URL
  readonly #stopped = new AbortController()
  readonly #counts = { requests: 0, failures: 0 }
  /** Failures in a row. While there are some, the regular questions are not asked. */
  #failuresInARow = 0

  /** Throws `TypeError` for an address that is no URL. */
  constructor(options: RestOptions) {
    this.#options = options
    this.#budget = new RequestBudget(options.clock, options.limits)
    this.#base = new URL('/finesse/api/', options.rest)
  }

  get figures() {
    return { ...this.#counts, waiting: this.#budget.waiting, running: this.#budget.running }
  }

  /** Did the newest requests fail? */
  get isSick(): boolean {
    return this.#failuresInARow >= 3
  }

  /**
   * The tree of `GET /finesse/api/…`. `undefined` if there is no such object (404).
   *
   * @throws UpstreamError
   */
  async get(path: string, as: string | undefined, urgency: Urgency): Promise<Tree | undefined> {
    const { status, tree } = await this.ask({ method: 'GET', path, as, urgency })
    if (status === 404) return undefined
    if (status !== 200) throw refusalOf(status, `GET ${path}`)
    if (tree === undefined) throw new UpstreamError('UPSTREAM_UNREADABLE', `GET ${path}: an empty answer`, status)
    return tree
  }

  /**
   * Any request, in its turn. Resolves with every answer that has a readable body, whatever its status, but a 401 that
   * may be about the password.
   *
   * @throws UpstreamError
   */
  ask(request: Request): Promise<Answer> {
    const { as, urgency } = request
    const { accounts } = this.#options
    return this.#budget.run(urgency, () =>
      as === undefined ? this.#ask(request, undefined) : accounts.use(as, (account) => this.#ask(request, account)),
    )
  }

  /** Aborts what is under way, and answers nothing that waits. */
  close(): void {
    this.#stopped.abort()
    this.#budget.close()
  }

  async #ask(request: Request, account: Account | undefined): Promise<Answer> {
    const { as, method, path } = request
    if (as !== undefined && account === undefined)
      throw new UpstreamError('UPSTREAM_DENIED', `${method} ${path}: the account ${as} is refused, or has no password`)
    this.#counts.requests += 1
    try {
      const answer = await this.#answered(request, account)
      this.#failuresInARow = isSick(answer.status) ? this.#failuresInARow + 1 : 0
      return answer
    } catch (error) {
      this.#counts.failures += 1
      if (!(error instanceof UpstreamError && error.code === 'UPSTREAM_DENIED')) this.#failuresInARow += 1
      throw error
    }
  }

  async #answered(request: Request, account: Account | undefined): Promise<Answer> {
    const { clock, limits, accounts } = this.#options
    const late = new AbortController()
    const cancel = clock.at(clock.now() + limits.requestTimeoutMs, () => late.abort())
    try {
      const response = await this.#sent(request, account, AbortSignal.any([late.signal, this.#stopped.signal]))
      const text = await this.#textOf(response, request)
      const answer = { status: response.status, tree: treeOf(text, response.status, request) }
      if (account && isAboutPassword(answer)) {
        accounts.doubt(account)
        throw new UpstreamError('UPSTREAM_DENIED', `${request.method} ${request.path}: 401 for ${account.user}`, 401)
      }
      if (account && (response.status < 400 || response.status === 401)) accounts.accept(account)
      return answer
    } catch (error) {
      if (error instanceof UpstreamError) throw error
      const what = `${request.method} ${request.path}: `
      const code = isUntrusted(error) ? 'UPSTREAM_UNTRUSTED' : 'UPSTREAM_UNREACHABLE'
      const why = late.signal.aborted ? 'no answer in time' : causeOf(error)
      throw new UpstreamError(code, what + why, undefined, error)
    } finally {
      cancel()
    }
  }

  #sent(request: Request, account: Account | undefined, signal: AbortSignal): Promise<Response> {
    const { fetch: send = fetch } = this.#options
    const { method, path, body, requestId } = request
    return send(new URL(path, this.#base), {
      method,
      headers: {
        accept: 'application/xml',
        ...(account ? { authorization: basicAuthorization(account.user, account.password) } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
        ...(requestId === undefined ? {} : { requestId }),
      },
      ...(body === undefined ? {} : { body }),
      // The credentials must not go to another server.
      redirect: 'error',
      signal,
    })
  }

  async #textOf(response: Response, { method, path }: Request): Promise<string> {
    const text = await textWithin(response, this.#options.limits.answerBytes)
    if (text !== undefined) return text
    throw new UpstreamError('UPSTREAM_UNREADABLE', `${method} ${path}: the answer is too long`, response.status)
  }
}

/**
 * Finesse answers 401 for a wrong password, for a role that is too low, and for the object of somebody else. Only the
 * last one has a type of its own (`user 2`). A wrong password must not be sent often, so everything else counts as one.
 */
function isAboutPassword({ status, tree }: Answer): boolean {
  const type = readApiError(tree, 'CCE')?.type ?? ''
  return status === 401 && ['', 'Authorization Failure', 'Unauthorized'].includes(type)
}

/** Errors often have a body of HTML. It is not needed, because their status says enough. */
function treeOf(text: string, status: number, { method, path }: Request): Tree | undefined {
  if (text.trim() === '') return undefined
  try {
    return parseTree(text)
  } catch (error) {
    if (status >= 400 && error instanceof Unreadable) return undefined
    const why = error instanceof Error ? error.message : String(error)
    throw new UpstreamError('UPSTREAM_UNREADABLE', `${method} ${path}: ${why}`, status)
  }
}

/** The error of an answer that is no success. */
export function refusalOf(status: number, what: string): UpstreamError {
  if (status === 401 || status === 403) return new UpstreamError('UPSTREAM_FORBIDDEN', `${what}: ${status}`, status)
  if (status >= 500) return new UpstreamError('UPSTREAM_UNREACHABLE', `${what}: ${status}`, status)
  return new UpstreamError('UPSTREAM_UNREADABLE', `${what}: ${status}`, status)
}

export const isUntrusted = (error: unknown): boolean => causeBelow(error).isUntrusted

/** What went wrong below HTTP, in words. */
export function causeOf(error: unknown): string {
  const { code, message, isUntrusted } = causeBelow(error)
  if (isUntrusted) return `its certificate is not trusted (${code}): see NODE_EXTRA_CA_CERTS`
  return code === '' ? message : code
}
