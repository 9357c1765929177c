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

  /** A commit succeeded. Returns true if the one before it had failed. */
  works(): boolean {
    const isNews = this.#problem !== undefined
    this.#problem = undefined
    return isNews
  }
}
