/** Work that moves time: one piece after the other, in the order in which it was asked for. */
import { EngineUnavailable } from '../engine/api.ts'

/** At most so many may wait. */
const WAITING_MAX = 100

export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Rejects with `EngineUnavailable` when too many wait, else as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw new EngineUnavailable('too many requests wait for the clock')
    this.#waiting += 1
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      this.#waiting -= 1
    }
  }
}
