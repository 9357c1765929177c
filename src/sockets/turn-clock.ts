/** Time in ms between two readings that counts at most. */
const LONGEST_MS = 50

/**
 * A clock in ms for those that wait for turns. It is read in each turn of the event loop while somebody waits, and does not
 * count time in which the loop stood still: nobody has waited for others then.
 */
export class TurnClock {
  readonly #real: () => number
  #now = 0
  #readAt: number

  /** `real`: ms of a clock that never goes back. */
  constructor(real: () => number) {
    this.#real = real
    this.#readAt = real()
  }

  get now(): number {
    const at = this.#real()
    this.#now += Math.min(at - this.#readAt, LONGEST_MS)
    this.#readAt = at
    return this.#now
  }
}
