/** Measures the time in each state, of an agent in a medium or of a dialog. */
import type { Span } from '../result.ts'

export class StateTrack {
  readonly totals = new Map<string, number>()
  readonly #spans: Span[] | undefined
  #state: string
  #since: number

  /** `keep`: also keeps every span, not only the sums. */
  constructor(state: string, since: number, keep: boolean) {
    this.#state = state
    this.#since = since
    this.#spans = keep ? [] : undefined
  }

  get state(): string {
    return this.#state
  }

  /** Time when the current state was entered. */
  get since(): number {
    return this.#since
  }

  /** Enters a state. Returns whether the state has changed. */
  enter(state: string, now: number): boolean {
    if (state === this.#state) return false
    this.#close(now)
    this.#state = state
    this.#since = now
    return true
  }

  /** Counts the totals from now on. The spans stay. */
  countFrom(now: number): void {
    this.#close(now)
    this.#since = now
    this.totals.clear()
  }

  /** Ends the last span. Returns all spans; none without `keep`. */
  finish(now: number): readonly Span[] {
    this.#close(now)
    this.#since = now
    return this.#spans ?? []
  }

  #close(now: number): void {
    if (now === this.#since) return
    this.totals.set(this.#state, (this.totals.get(this.#state) ?? 0) + now - this.#since)
    if (!this.#spans) return
    // The state may have been left and entered again at the same moment. Then the last span is extended.
    const last = this.#spans.at(-1)
    const continues = last?.state === this.#state
    if (continues) this.#spans.pop()
    this.#spans.push({ state: this.#state, from: continues ? last.from : this.#since, to: now })
  }
}
