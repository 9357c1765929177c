/** Keeps in mind whether the store fails, and when the next commit should be tried. */

/** Pause after a failed commit, in ms. Until then changes are refused without another attempt. */
const PAUSE = 1000

export class StoreWatch {
  #problem: string | undefined
  #nextTry = 0

  /** Why the store refuses changes now; `undefined` while it accepts them. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Time of the next attempt (ms since 1970 UTC); 0 if the store works. */
  get nextTry(): number {
    return this.#problem === undefined ? 0 : this.#nextTry
  }

  /** May a commit be tried now? */
  mayTry(now: number): boolean {
    return now >= this.nextTry
  }

  /** A commit failed. Returns true if the one before it had succeeded. */
  failed(error: Error, now: number): boolean {
    const isNews = this.#problem === undefined
    this.#problem = `the store does not take changes: ${error.message}`
    this.#nextTry = now + PAUSE
    return isNews
  }

  /**
   * The store owes an answer for `ms`. Until it answers, changes are refused, and nothing is tried. Returns what is
   * wrong.
   */
  isLate(ms: number): Error {
    this.#problem = `the store has not answered for ${ms / 1000} seconds`
    this.#nextTry = Number.POSITIVE_INFINITY
    return new Error(this.#problem)
  }

  /** Nothing may be tried any more. */
  broke(problem: string): void {
    this.#problem = problem
    this.#nextTry = Number.POSITIVE_INFINITY
  }

  /** A commit succeeded. Returns true if the one before it had failed. */
  works(): boolean {
    const isNews = this.#problem !== undefined
    this.#problem = undefined
    return isNews
  }
}
