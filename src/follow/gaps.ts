/** Users of whom notifications may have been missed, and since when. Times are milliseconds since 1970 UTC. */
import type { Window } from '../engine/ports.ts'

export class Gaps {
  readonly #since = new Map<string, number>()

  /** Notifications may be missed from now on. */
  note(user: string, now: number): void {
    if (!this.#since.has(user)) this.#since.set(user, now)
  }

  has(user: string): boolean {
    return this.#since.has(user)
  }

  /** Everything about the user was read. */
  end(user: string): void {
    this.#since.delete(user)
  }

  /** From the newest proof to now; `undefined` without a gap, or if nothing was known before. */
  window(user: string, proof: number | null, now: number): Window | undefined {
    return this.has(user) && proof !== null ? { from: proof, to: now } : undefined
  }
}
