/**
 * Reads with the first account that may. What an account may not read is not asked again with it before the next
 * connection, because each refusal costs the server as much as an answer.
 */
import type { Tree } from './events/tree.ts'
import type { Urgency } from './upstream/budget.ts'
import { UpstreamError } from './upstream/error.ts'

/** The part of the REST client that reads. */
export interface Reader {
  get(path: string, as: string | undefined, urgency: Urgency): Promise<Tree | undefined>
}

export class PermittedReads {
  readonly #rest: () => Reader
  readonly #forbidden = new Set<string>()

  constructor(rest: () => Reader) {
    this.#rest = rest
  }

  /** Rights may be others now. */
  forget(): void {
    this.#forbidden.clear()
  }

  /**
   * The tree of `GET /finesse/api/…`; `undefined` if there is no such object.
   *
   * @throws UpstreamError UPSTREAM_DENIED or UPSTREAM_FORBIDDEN if none of the accounts can be used for it
   */
  async get(path: string, accounts: readonly string[], urgency: Urgency): Promise<Tree | undefined> {
    let refusal: UpstreamError | undefined
    for (const account of accounts) {
      const key = `${account} ${path}`
      if (this.#forbidden.has(key)) continue
      try {
        return await this.#rest().get(path, account, urgency)
      } catch (error) {
        if (!isRefusal(error)) throw error
        if (error.code === 'UPSTREAM_FORBIDDEN') this.#forbidden.add(key)
        refusal = error
      }
    }
    throw refusal ?? new UpstreamError('UPSTREAM_FORBIDDEN', `GET ${path}: no account may read it`)
  }

  /** The same; `'forbidden'` if no account may read it. */
  async ifPermitted(
    path: string,
    accounts: readonly string[],
    urgency: Urgency,
  ): Promise<Tree | undefined | 'forbidden'> {
    try {
      return await this.get(path, accounts, urgency)
    } catch (error) {
      if (isRefusal(error) && error.code === 'UPSTREAM_FORBIDDEN') return 'forbidden'
      throw error
    }
  }
}

export const isRefusal = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError && (error.code === 'UPSTREAM_DENIED' || error.code === 'UPSTREAM_FORBIDDEN')
