/**
 * Whoever was there when the process or the notification service went away hears what was said meanwhile, if they come
 * back within the grace period: nothing of it leaves before that, however often the process dies in between.
 */
import type { SimulatedClock } from './clock.ts'
import type { Findings } from './findings.ts'

/** The end of the grace period by the server's own time, which may be steered, is not to the millisecond. */
const STEERING = 1 / 1000
const ROUNDING = 5

export class Owed {
  readonly #clock: SimulatedClock
  readonly #findings: Findings
  readonly #graceMs: number
  /** Users who were there, and are not back. */
  readonly #users = new Set<string>()
  /** Numbers of rows that left while the user was away. */
  readonly #unheard = new Map<number, string>()
  /** Since when clients can come back. */
  #since = Number.POSITIVE_INFINITY

  constructor(clock: SimulatedClock, findings: Findings, graceMs: number) {
    this.#clock = clock
    this.#findings = findings
    this.#graceMs = graceMs
  }

  /** Process or service are gone; these users were there as far as the process had committed it. */
  gone(present: Iterable<string>): void {
    // Who has not come back in time is awaited no more.
    if (!this.#isInTime) this.#users.clear()
    for (const user of present) this.#users.add(user)
    this.#since = Number.POSITIVE_INFINITY
  }

  /** Clients can come back from now on. */
  serviceIsThere(): void {
    this.#since = this.#clock.now()
  }

  isBack(user: string): void {
    this.#users.delete(user)
  }

  /** A row of the user's lane has come to the service. */
  left(number: number, lane: string, isThere: (user: string) => boolean): void {
    const user = /^A:user\/(.*)$/.exec(lane)?.[1]
    if (user === undefined) return
    if (this.#users.has(user) && !isThere(user) && this.#isInTime) this.#unheard.set(number, user)
    else this.#unheard.delete(number)
  }

  get #isInTime(): boolean {
    return this.#clock.now() < this.#since + this.#graceMs * (1 - STEERING) - ROUNDING
  }

  /** It is committed that these have left: they do not leave again. */
  delivered(numbers: readonly number[]): void {
    for (const number of numbers) {
      const user = this.#unheard.get(number)
      if (user === undefined) continue
      this.#findings.add('nobody-misses', `row ${number} left while ${user}, who was there before, was not back yet`)
    }
  }
}
