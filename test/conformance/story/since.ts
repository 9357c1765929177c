/** The state that an object was last told to be in, and since when; not all of it may have been heard. */
import type { Moments } from './moments.ts'

export class Since {
  readonly #moments: Moments
  readonly #source: string
  /** Time of each state that was told, for those who hear of it on another side. */
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

  /** A state is told; returns since when it is. `again`: it begins anew although it was the same before. */
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

  /** Whatever was told up to now and not heard, the state is the same. */
  stays(): void {
    this.#heardAt = this.#moments.now
  }

  /** Is there nothing that was told and not heard? */
  get isHeard(): boolean {
    const last = this.#moments.lastOf(this.#source)
    return last === undefined || last <= this.#heardAt
  }

  /** Since when the state is that GET shows now. */
  shown(state: string): number | undefined {
    return state === this.#state && this.isHeard ? this.#since : this.#moments.lastOf(this.#source)
  }
}
