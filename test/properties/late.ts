/** Makes a store in memory answer later, after a number of turns that dice give. */
import type { Batch, Clock } from '../../src/engine/ports.ts'
import type { MemoryStore } from '../../src/store/memory/store.ts'

/** Gives whole numbers below `sides`. */
export type Dice = (sides: number) => number

/** What the dice may do. */
export interface Lateness {
  readonly dice: Dice
  /** One of so many batches is refused; 0 for none. */
  readonly refusesOneOf: number
  /** Called with each batch that is kept, in their order. */
  readonly kept: (batch: Batch) => void
  /** Called with each batch that is kept, when the store answers. */
  readonly acknowledged: (batch: Batch) => void
}

/** What a history says about its store. */
export type Chances = Pick<Lateness, 'dice' | 'refusesOneOf'>

/** The most turns until an answer. */
const TURNS_MAX = 6

/**
 * The same store, which answers later, in any order. It keeps batches in their order. What follows a refused batch is
 * refused until the answer to that one is given.
 */
export function late(store: MemoryStore, clock: Clock, lateness: Lateness): MemoryStore {
  const { dice, refusesOneOf, kept, acknowledged } = lateness
  const [commit, reopen] = [store.commit.bind(store), store.reopen.bind(store)]
  let refused = 0
  const after = (turns: number, run: () => void): void => {
    if (turns === 0) run()
    else clock.soon(() => after(turns - 1, run))
  }
  const given = (batch: Batch): Promise<void> => {
    const isRefused = refused > 0 || (refusesOneOf > 0 && dice(refusesOneOf) === 0)
    if (isRefused) refused += 1
    else {
      commit(batch)
      kept(batch)
    }
    return new Promise((resolve, reject) => {
      after(dice(TURNS_MAX), () => {
        if (isRefused) {
          refused -= 1
          return reject(new Error('connection lost'))
        }
        acknowledged(batch)
        resolve()
      })
    })
  }
  return Object.assign(store, {
    answersLater: true,
    commit: given,
    clear: async () => store.clear(),
    reopen: () => late(reopen(), clock, lateness),
  })
}
