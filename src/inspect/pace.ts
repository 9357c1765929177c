/** Limits a rate per second, in windows of one second. */

const SECOND = 1000

export class Pace {
  readonly #perSecond: number
  readonly #now: () => number
  #began: number
  #used = 0

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
    this.#began = now()
  }

  /** Takes one; false if none is left in this second. */
  take(): boolean {
    if (this.#now() - this.#began >= SECOND) {
      this.#began = this.#now()
      this.#used = 0
    }
    if (this.#used >= this.#perSecond) return false
    this.#used += 1
    return true
  }

  /** Milliseconds until the next window. */
  get wait(): number {
    return Math.max(1, Math.ceil(this.#began + SECOND - this.#now()))
  }
}
