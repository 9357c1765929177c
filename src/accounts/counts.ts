/** Wrong passwords by a key, each within a window of time; the oldest keys are forgotten when there are too many. */

interface Count {
  failures: number
  /** Milliseconds since 1970 UTC: nothing is left of the count then. */
  until: number
}

export interface CountsOptions {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Length of a window; may change. */
  readonly seconds: () => number
  /** So many keys are kept. */
  readonly most: number
}

/** In memory only: nobody but the server itself can restart it. */
export class Counts {
  readonly #options: CountsOptions
  readonly #counts = new Map<string, Count>()

  constructor(options: CountsOptions) {
    this.#options = options
  }

  /** Wrong passwords of this window. */
  of(key: string): number {
    const count = this.#counts.get(key)
    if (count === undefined) return 0
    const now = this.#options.now()
    // No window is longer than the setting: not after the clock was set back, nor after the setting was lowered.
    count.until = Math.min(count.until, this.#end())
    if (count.until > now) return count.failures
    this.#counts.delete(key)
    return 0
  }

  /**
   * One more; true for the one that reaches `limit`. The window begins with the first one, and anew with that one; later
   * ones prolong nothing.
   */
  add(key: string, limit: number): boolean {
    const failures = this.of(key) + 1
    const until = this.#counts.get(key)?.until
    const begins = until === undefined || failures === limit
    this.#counts.delete(key)
    this.#counts.set(key, { failures, until: begins ? this.#end() : until })
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > this.#options.most && oldest !== undefined) this.#counts.delete(oldest)
    return failures === limit
  }

  forget(key: string): void {
    this.#counts.delete(key)
  }

  forgetAll(): void {
    this.#counts.clear()
  }

  #end(): number {
    return this.#options.now() + this.#options.seconds() * 1000
  }
}
