/** Which tokens of each user are valid now, so that sessions end when a user has none any more. */
import type { Clock } from '../engine/ports.ts'

/** Most tokens that are remembered for a user. The oldest one is forgotten first. */
const MOST_OF_USER = 32

interface User {
  /** Ends of the tokens, in ms since 1970 UTC, by their ids. */
  readonly tokens: Map<string, number>
  cancel: () => void
}

/** Remembers accepted tokens until they end, and tells when the last one of a user has ended. */
export class LiveTokens {
  readonly #clock: Clock
  readonly #users = new Map<string, User>()
  readonly #listeners = new Set<(user: string) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A token of this user was accepted. `end`: when it is no longer accepted, in ms since 1970 UTC. */
  accepted(user: string, token: string, end: number): void {
    const of = this.#users.get(user) ?? { tokens: new Map<string, number>(), cancel: () => undefined }
    if (of.tokens.get(token) === end) return
    this.#users.set(user, of)
    of.tokens.set(token, end)
    const [oldest] = of.tokens.keys()
    if (of.tokens.size > MOST_OF_USER && oldest !== undefined) of.tokens.delete(oldest)
    this.#arm(user, of)
  }

  /** A token was revoked. */
  revoked(token: string): void {
    for (const [user, of] of this.#users) if (of.tokens.delete(token)) this.#arm(user, of)
  }

  /** Forgets all tokens without telling anybody. */
  forget(): void {
    for (const { cancel } of this.#users.values()) cancel()
    this.#users.clear()
  }

  /** `listener` is called when the last token of a user has ended. The returned function takes it away. */
  onEnd(listener: (user: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #arm(user: string, of: User): void {
    of.cancel()
    const last = Math.max(Number.NEGATIVE_INFINITY, ...of.tokens.values())
    if (last > this.#clock.now()) {
      of.cancel = this.#clock.at(last, () => this.#ended(user))
      return
    }
    this.#ended(user)
  }

  #ended(user: string): void {
    this.#users.delete(user)
    for (const listener of this.#listeners) listener(user)
  }
}
