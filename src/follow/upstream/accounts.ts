/**
 * The accounts of a follower, and which of them Finesse refuses now. Five wrong passwords in a row lock an account for
 * everybody, however much time is between them (`user 1.4`). So an account that was refused is hardly used any more, and
 * few requests with one password are under way at a time.
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

/** Refusals in a row of a password that was accepted before, until it counts as wrong. One of the five is kept. */
const DOUBTS = 3
/** Pause before every further attempt but the first, in ms. */
const LATER_MS = 24 * 3600 * 1000

interface Refusal {
  readonly since: number
  readonly until: number
  readonly times: number
}

interface Turns {
  running: number
  readonly waiting: (() => void)[]
}

export class Accounts {
  readonly #clock: Clock
  readonly #retryMs: number
  readonly #passwords = new Map<string, string>()
  /** Refusals in a row of accounts that were accepted before with the same password. */
  readonly #doubted = new Map<string, number>()
  readonly #accepted = new Set<string>()
  readonly #denied = new Map<string, Refusal>()
  readonly #turns = new Map<string, Turns>()

  /** `retryMs`: the pause before a refused account is tried once more. It may be locked for five minutes. */
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
   * Runs `work` with the account in its turn, and settles like it. `undefined` while the account is refused. A password
   * that was never accepted is in one request at a time, the others in as many as may be refused.
   */
  async use<T>(user: string, work: (account: Account | undefined) => Promise<T>): Promise<T> {
    const turns = this.#turns.get(user) ?? { running: 0, waiting: [] }
    this.#turns.set(user, turns)
    while (turns.running >= (this.#isTrusted(user) ? DOUBTS : 1))
      await new Promise<void>((go) => turns.waiting.push(go))
    turns.running += 1
    try {
      return await work(this.usable(user))
    } finally {
      turns.running -= 1
      // All of them look whether it is their turn, because the account may be trusted now.
      for (const go of turns.waiting.splice(0)) go()
    }
  }

  #isTrusted(user: string): boolean {
    return this.#accepted.has(user) && !this.#doubted.has(user)
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

  /** Finesse refused the account with this password. */
  refuse({ user, password }: Account): void {
    if (this.#passwords.get(user) !== password) return
    this.#accepted.delete(user)
    const now = this.#clock.now()
    const { since, until, times } = this.#denied.get(user) ?? { since: now, until: now, times: 0 }
    // Others that were under way together are the same refusal.
    if (until > now) return
    this.#denied.set(user, { since, until: now + (times === 0 ? this.#retryMs : LATER_MS), times: times + 1 })
  }

  /** Finesse accepted the account. */
  accept({ user, password }: Account): void {
    if (this.#passwords.get(user) !== password) return
    this.#denied.delete(user)
    this.#doubted.delete(user)
    this.#accepted.add(user)
  }

  /** A new password, which is tried at once. */
  change(user: string, password: string): void {
    this.#passwords.set(user, password)
    this.#denied.delete(user)
    this.#doubted.delete(user)
    this.#accepted.delete(user)
  }

  get denied(): readonly Denied[] {
    return [...this.#denied].map(([user, { since }]) => ({ user, since }))
  }
}
