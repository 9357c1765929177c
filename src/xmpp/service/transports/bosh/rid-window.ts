/** Place of a request in the order of numbers (XEP-0124 14). */
export type Place =
  /** The next request in order. */
  | 'next'
  /** A request that has overtaken others. */
  | 'ahead'
  /** A repetition of an earlier request. */
  | 'again'
  /** A request too far ahead. */
  | 'outside'

/**
 * The order of the requests of one session. It keeps requests that have overtaken others, and the latest answers for
 * clients that did not receive them.
 */
export class RidWindow<Request> {
  readonly #early = new Map<number, Request>()
  readonly #size: number
  readonly #answers = new Map<number, string>()
  #latest: number

  /** `first`: number of the request that created the session. `size`: most requests under way at a time. */
  constructor(first: number, size: number) {
    this.#latest = first
    this.#size = size
  }

  /** Number of the latest request that was accepted in order. */
  get latest(): number {
    return this.#latest
  }

  placeOf(rid: number): Place {
    if (rid <= this.#latest) return 'again'
    if (rid === this.#latest + 1) return 'next'
    // One more than `size` is allowed, because the last request of a session may be an additional one.
    return rid <= this.#latest + this.#size + 1 ? 'ahead' : 'outside'
  }

  /** Keeps a request that has overtaken others. Returns an earlier one with the same number. */
  keep(rid: number, request: Request): Request | undefined {
    const before = this.#early.get(rid)
    this.#early.set(rid, request)
    return before
  }

  /** Takes the kept request that is the next one in order. */
  takeNext(): Request | undefined {
    const next = this.#latest + 1
    const request = this.#early.get(next)
    this.#early.delete(next)
    return request
  }

  /** Takes all kept requests. */
  takeKept(): readonly Request[] {
    const kept = [...this.#early.values()]
    this.#early.clear()
    return kept
  }

  /** Notes that the next request was accepted. */
  advance(): void {
    this.#latest += 1
  }

  /** Keeps an answer, and drops the oldest one above the limit of `size` + 1. */
  remember(rid: number, answer: string): void {
    this.#answers.set(rid, answer)
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= this.#size + 1) break
      this.#answers.delete(old)
    }
  }

  recall(rid: number): string | undefined {
    return this.#answers.get(rid)
  }
}
