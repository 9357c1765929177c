/** Splits long work into slices of time, so that other work of the process is not delayed. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longest slice in milliseconds, unless another is given. */
const SLICE = 10

export class TimeSlices {
  readonly #pause: () => Promise<unknown>
  readonly #longest: number
  #begun = performance.now()

  /** `pause`: lets other work run, for example until the next turn of the event loop. */
  constructor(pause: () => Promise<unknown>, longest = SLICE) {
    this.#pause = pause
    this.#longest = longest
  }

  /** Is it time for a pause? To be asked after each step. */
  get isOver(): boolean {
    return performance.now() - this.#begun >= this.#longest
  }

  /** Pauses, and begins the next slice. */
  async next(): Promise<void> {
    await this.#pause()
    this.#begun = performance.now()
  }
}

/**
 * Does all steps of `work`, with a pause after each slice of time. A step has to be short. Resolves with the result, and
 * rejects with what a step throws.
 */
export async function inSlices<T>(work: Generator<unknown, T>, pause: () => Promise<unknown> = nextTurn): Promise<T> {
  const slices = new TimeSlices(pause)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    if (slices.isOver) await slices.next()
  }
}
