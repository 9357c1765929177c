/** Bounds of the waits between attempts, milliseconds. */
export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
}

/** Waits that double, each somewhere between half and the whole of its length, so that many clients do not come at once. */
export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: () => number
  #nextMs: number

  /** `random` gives numbers from 0 up to, not including, 1. */
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

  /** An attempt succeeded. */
  reset(): void {
    this.#nextMs = this.#limits.firstMs
  }
}
