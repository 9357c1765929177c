/** Shortest and longest wait between attempts, in milliseconds. */
export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
}

/** Waits that double with each attempt. Jitter of up to half the length keeps many clients from retrying at once. */
export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: () => number
  #nextMs: number

  /** `random` returns numbers from 0 up to, but not including, 1. */
  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits
    this.#random = random
    this.#nextMs = limits.firstMs
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const length = this.#nextMs
    this.#nextMs = Math.min(length * 2, this.#limits.longestMs)
    return length / 2 + (length / 2) * this.#random()
  }

  /** Starts again with the shortest wait, after a successful attempt. */
  reset(): void {
    this.#nextMs = this.#limits.firstMs
  }
}
