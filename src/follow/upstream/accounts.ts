/**
 * The accounts of a follower, and which of them Finesse refuses now. An account that was refused is not used for a
 * while, because five wrong passwords in a row lock it for everybody (`user 1.4`).
 */
import type { Clock } from '../../engine/ports.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

/** A refusal of an account, for reports. */
export interface Denied {
  readonly user: string
  /** Milliseconds since 1970 UTC. */
  readonly since: number
}

/** Fewer than the wrong passwords that lock an account. */
const DOUBTS = 3

export class Accounts {
  readonly #clock: Clock
  readonly #retryMs: number
  readonly #passwords = new Map<string, string>()
  /** Refusals in a row of accounts that were accepted before with the same password. */
  readonly #doubted = new Map<string, number>()
  readonly #accepted = new Set<string>()
  readonly #denied = new Map<string, { readonly since: number; readonly until: number; readonly password: string }>()

  constructor(clock: Clock, retryMs: number, accounts: Iterable<Account>) {
    this.#clock = clock
    this.#retryMs = retryMs
    for (const { user, password } of accounts) this.#passwords.set(user, password)
  }

  has(user: string): boolean {
    return this.#passwords.has(user)
  }

  /** The account if it may be used now; `undefined` while it is refused. */
  usable(user: string): Account | undefined {
    const password = this.#passwords.get(user)
    if (password === undefined) return undefined
    const denied = this.#denied.get(user)
    return denied && denied.until > this.#clock.now() ? undefined : { user, password }
  }

  /**
   * Finesse answered 401. It does that for a wrong password and for missing rights alike, so an account that was accepted
   * before is refused only after several in a row.
   */
  doubt(account: Account): void {
    const times = (this.#doubted.get(account.user) ?? 0) + 1
    this.#doubted.set(account.user, times)
    if (times >= DOUBTS || !this.#accepted.has(account.user)) this.refuse(account)
  }

  /** Finesse refused the account with this password. False if another password is known by now. */
  refuse({ user, password }: Account): boolean {
    if (this.#passwords.get(user) !== password) return false
    this.#accepted.delete(user)
    const now = this.#clock.now()
    const since = this.#denied.get(user)?.since ?? now
    this.#denied.set(user, { since, until: now + this.#retryMs, password })
    return true
  }

  /** Finesse accepted the account. */
  accept({ user }: Account): void {
    this.#denied.delete(user)
    this.#doubted.delete(user)
    this.#accepted.add(user)
  }

  /** A new password, which is tried at once. */
  change(user: string, password: string): void {
    this.#passwords.set(user, password)
    this.#denied.delete(user)
  }

  get denied(): readonly Denied[] {
    return [...this.#denied].map(([user, { since }]) => ({ user, since }))
  }
}
