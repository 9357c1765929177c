/** Counts wrong passwords by key, each within a time window. The oldest keys are forgotten when there are too many. */

interface Count {
  failures: number
  /** End of the window, in milliseconds since 1970 UTC. */
  until: number
}

export interface CountsOptions {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Length of a window in seconds. It may change. */
  readonly seconds: () => number
  /** Most keys that are kept. */
  readonly most: number
}

/** Kept in memory only. A guesser cannot clear the counts, because clients cannot restart the server. */
export class Counts {
  readonly #options: CountsOptions
  readonly #counts = new Map<string, Count>()

  constructor(options: CountsOptions) {
    this.#options = options
  }

  /** Wrong passwords of the key in its current window. */
  of(key: string): number {
    const count = this.#counts.get(key)
    if (count === undefined) return 0
    const now = this.#options.now()
    // Keeps a window from lasting longer than the setting after the clock was set back or the setting was lowered.
    count.until = Math.min(count.until, this.#end())
    if (count.until > now) return count.failures
    this.#counts.delete(key)
    return 0
  }

  /**
   * Counts one more wrong password. Returns true when it is the one that reaches `limit`. The window begins with the
   * first wrong password, and again with the one that reaches the limit. The others do not prolong it.
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
