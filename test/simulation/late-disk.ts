/**
 * A disk that answers some turns later, in any order. It keeps batches in the order in which they came. All choices come
 * from the seed. No time passes until an answer: `test/engine/late-commits.test.ts` has answers that take time.
 */
import type { Batch } from '../../src/engine/ports.ts'
import type { SimulatedClock } from './clock.ts'
import { Dice } from './dice.ts'

interface Given {
  readonly batch: Batch
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export interface LateDiskOptions {
  readonly clock: SimulatedClock
  readonly seed: number
  refuses(): boolean
  isAlive(): boolean
  /** Keeps a batch. Throws when the process dies with it. */
  keep(batch: Batch): void
  refused(): void
}

export class LateDisk {
  readonly #options: LateDiskOptions
  readonly #dice: Dice
  readonly #given: Given[] = []
  #isPlanned = false

  constructor(options: LateDiskOptions) {
    this.#options = options
    this.#dice = new Dice(options.seed, 'late disk')
  }

  commit(batch: Batch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#given.push({ batch, resolve, reject })
      this.#plan(this.#dice.below(2))
    })
  }

  #plan(turns: number): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    this.#after(turns + 1, () => {
      this.#isPlanned = false
      if (this.#options.isAlive()) this.#look()
    })
  }

  #look(): void {
    const { keep, refuses, refused } = this.#options
    for (let [first] = this.#given; first; [first] = this.#given) {
      if (refuses()) {
        refused()
        for (const { reject } of this.#given.splice(0)) this.#answer(() => reject(new Error('connection lost')))
        return
      }
      this.#given.shift()
      const { batch, resolve } = first
      try {
        keep(batch)
      } catch {
        // The process is dead, and hears nothing.
        return
      }
      this.#answer(resolve)
    }
  }

  /** Answers overtake each other. */
  #answer(run: () => void): void {
    this.#after(this.#dice.below(4), run)
  }

  #after(turns: number, run: () => void): void {
    if (turns === 0) return run()
    this.#options.clock.soon(() => this.#after(turns - 1, run))
  }
}
