/** The last published state of an object, and its time. The test may have missed some notifications. */
import type { Moments } from './sources.ts'

export class Since {
  readonly #moments: Moments
  readonly #source: string
  /** The time of each published state, for clients that get it on another side. */
  readonly #told = new Map<string, number>()
  #state = 'LOGOUT'
  #since: number | undefined
  #heardAt = Number.NEGATIVE_INFINITY

  constructor(moments: Moments, source: string) {
    this.#moments = moments
    this.#source = source
  }

  get state(): string {
    return this.#state
  }

  /**
   * A notification shows this state. Returns the time since which it holds. `again`: it changes the time in any case.
   */
  told(state: string, at: number, again: boolean): number {
    const key = `${at} ${state}`
    const before = this.#told.get(key)
    if (before !== undefined) return before
    const missed = this.#moments.anyBetween(this.#source, this.#heardAt, at)
    const since = state !== this.#state || again || missed ? at : (this.#since ?? at)
    this.#since = since
    this.#state = state
    this.#heardAt = at
    this.#told.set(key, since)
    return since
  }

  /** The notifications that were missed up to now did not change the state. */
  stays(): void {
    this.#heardAt = this.#moments.now
  }

  /** True if no notification was missed. */
  get isHeard(): boolean {
    const last = this.#moments.lastOf(this.#source)
    return last === undefined || last <= this.#heardAt
  }

  /** The time since which the state that GET shows now holds. */
  shown(state: string): number | undefined {
    return state === this.#state && this.isHeard ? this.#since : this.#moments.lastOf(this.#source)
  }
}
