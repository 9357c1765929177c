/**
 * Random histories that a standby follows, in pages of any size: its state is that of a start on the same store.
 *
 * Slow, 20 s: after every fourth commit the whole store is started once more.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory/store.ts'
import { Shadow } from '../engine/shadow.ts'
import { extent } from '../suite/extent.ts'
import { callHistories, type History, histories, historiesOnTwoSides } from './history.ts'
import { play } from './play.ts'

/** Histories of each kind. */
const RUNS = extent(3, 20)

function diceOf(seed: number): (sides: number) => number {
  let state = seed * 2 + 1
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const KINDS: readonly (readonly [string, fc.Arbitrary<History>])[] = [
  ['of agents and tasks', histories(false)],
  ['with failures of the ACD', histories(true)],
  ['on two sides', historiesOnTwoSides()],
  ['of calls', callHistories()],
]

describe('a standby that follows', () => {
  it.each(KINDS)(
    'has the state of a start at every position, in histories %s',
    async (_, kind) => {
      let [checks, halves] = [0, 0]
      const property = fc.asyncProperty(kind, fc.nat(), async (history, seed) => {
        const dice = diceOf(seed)
        const store = memoryStore({ keep: 'history' })
        const shadow = new Shadow(store, dice)
        let now = 0
        await play(history, {
          onCommit: (batch) => {
            store.commit(batch)
            now = batch.journal.at(-1)?.at ?? now
            // The standby reads rows that the owner has deleted since.
            if (dice(5) === 0) void store.compact(now)
            shadow.committed(batch)
          },
        })
        shadow.catchUp()
        expect(await shadow.differences()).toEqual([])
        checks += shadow.checks
        halves += shadow.halves
      })
      await fc.assert(property, { seed: 3, numRuns: RUNS })
      expect({ checks: checks > 5 * RUNS, halves: halves > RUNS }).toEqual({ checks: true, halves: true })
    },
    300_000,
  )
})
