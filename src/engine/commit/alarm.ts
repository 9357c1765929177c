import type { Clock } from '../ports.ts'

/** Calls `ring` at one time. Setting another time replaces the first one. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at: number | undefined
  #cancel: (() => void) | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** `at`: milliseconds since 1970 UTC; `undefined` for never. */
  set(at: number | undefined): void {
    if (at === this.#at) return
    this.#cancel?.()
    this.#at = at
    this.#cancel = at === undefined ? undefined : this.#clock.at(at, () => this.#wake())
  }

  #wake(): void {
    this.#at = undefined
    this.#cancel = undefined
    this.#ring()
  }
}
