/** Users of whom notifications may have been missed, and since when. Times are milliseconds since 1970 UTC. */
import type { Window } from '../engine/ports.ts'

export class Gaps {
  readonly #since = new Map<string, { readonly since: number; readonly number: number }>()
  #number = 0

  /** Number of the newest gap that was noted. */
  get newest(): number {
    return this.#number
  }

  /** Notifications may be missed from now on. */
  note(user: string, now: number): void {
    this.#number += 1
    this.#since.set(user, { since: this.#since.get(user)?.since ?? now, number: this.#number })
  }

  has(user: string): boolean {
    return this.#since.has(user)
  }

  /** Everything about the user was read. `until`: the newest gap before the read, because later ones are not closed. */
  end(user: string, until = this.#number): void {
    if ((this.#since.get(user)?.number ?? 0) <= until) this.#since.delete(user)
  }

  /** From the newest proof to now; `undefined` without a gap, or if nothing was known before. */
  window(user: string, proof: number | null, now: number): Window | undefined {
    return this.has(user) && proof !== null ? { from: proof, to: now } : undefined
  }
}
