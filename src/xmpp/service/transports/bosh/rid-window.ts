/** What the number of a request says about it (XEP-0124 14). */
export type Place =
  /** The one whose turn it is. */
  | 'next'
  /** One that has overtaken others. */
  | 'ahead'
  /** One that came before. */
  | 'again'
  /** Further ahead than a client may be. */
  | 'outside'

/** Order of the requests of one session, and the latest answers, for clients that did not get theirs. */
export class RidWindow {
  readonly #size: number
  readonly #answers = new Map<number, string>()
  #latest: number

  /** `first` is the number of the request that made the session; `size` how many may be under way at a time. */
  constructor(first: number, size: number) {
    this.#latest = first
    this.#size = size
  }

  /** Number of the latest request whose turn has come. */
  get latest(): number {
    return this.#latest
  }

  placeOf(rid: number): Place {
    if (rid <= this.#latest) return 'again'
    if (rid === this.#latest + 1) return 'next'
    // One more than is allowed at a time: the last request of a session may come on top.
    return rid <= this.#latest + this.#size + 1 ? 'ahead' : 'outside'
  }

  /** It was the turn of the next one. */
  advance(): void {
    this.#latest += 1
  }

  /** Keeps an answer; the oldest one goes. */
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
