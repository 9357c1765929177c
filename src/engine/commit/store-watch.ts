/** Does the store take changes? What became of the last attempts, and when the next one is worth its while. */

/** Pause after a failed attempt, in ms: meanwhile changes are refused without another one. */
const PAUSE = 1000

export class StoreWatch {
  #problem: string | undefined
  #since = 0
  #nextTry = 0

  /** Why changes are refused at present; `undefined` while the store takes them. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** When it began to refuse, in ms; meaningless without a problem. */
  get since(): number {
    return this.#since
  }

  /** Not before this (ms) the store is asked again. */
  get nextTry(): number {
    return this.#problem === undefined ? 0 : this.#nextTry
  }

  /** May the store be asked now? */
  mayTry(now: number): boolean {
    return now >= this.nextTry
  }

  /** Returns true when this is news. */
  failed(error: Error, now: number): boolean {
    const isNews = this.#problem === undefined
    if (isNews) this.#since = now
    this.#problem = `the store does not take changes: ${error.message}`
    this.#nextTry = now + PAUSE
    return isNews
  }

  /** Returns true when this is news. */
  works(): boolean {
    const isNews = this.#problem !== undefined
    this.#problem = undefined
    return isNews
  }
}
