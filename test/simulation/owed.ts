/**
 * The check of `nobody-misses`. A user who had a session when the process or the notification service was lost, and is
 * back within the grace period, gets all notifications of the time in between. So none of them may be sent before that,
 * even if the process dies several times.
 */
import type { SimulatedClock } from './clock.ts'
import type { Findings } from './findings.ts'

/** The server may adjust its time, so the end of the grace period is not exact to the millisecond. */
const STEERING = 1 / 1000
const ROUNDING = 5

export class Owed {
  readonly #clock: SimulatedClock
  readonly #findings: Findings
  readonly #graceMs: number
  /** Users who had a session and are not back. */
  readonly #users = new Set<string>()
  /** Numbers of the rows that were sent while the user was away. */
  readonly #unheard = new Map<number, string>()
  /** The time since when clients can connect again. */
  #since = Number.POSITIVE_INFINITY

  constructor(clock: SimulatedClock, findings: Findings, graceMs: number) {
    this.#clock = clock
    this.#findings = findings
    this.#graceMs = graceMs
  }

  /** The process or the service is lost. `present`: users who had a session by the committed state. */
  gone(present: Iterable<string>): void {
    // The grace period of users who are not back is over.
    if (!this.#isInTime) this.#users.clear()
    for (const user of present) this.#users.add(user)
    this.#since = Number.POSITIVE_INFINITY
  }

  /** Clients can connect again from now on. */
  serviceIsThere(): void {
    this.#since = this.#clock.now()
  }

  isBack(user: string): void {
    this.#users.delete(user)
  }

  /** A row of the user's lane has arrived at the service. */
  left(number: number, lane: string, isThere: (user: string) => boolean): void {
    const user = /^A:user\/(.*)$/.exec(lane)?.[1]
    if (user === undefined) return
    if (this.#users.has(user) && !isThere(user) && this.#isInTime) this.#unheard.set(number, user)
    else this.#unheard.delete(number)
  }

  get #isInTime(): boolean {
    return this.#clock.now() < this.#since + this.#graceMs * (1 - STEERING) - ROUNDING
  }

  /** The delivery of these rows is committed, so they are not sent again. */
  delivered(numbers: readonly number[]): void {
    for (const number of numbers) {
      const user = this.#unheard.get(number)
      if (user === undefined) continue
      this.#findings.add('nobody-misses', `row ${number} was sent before ${user}, who had a session before, was back`)
    }
  }
}
