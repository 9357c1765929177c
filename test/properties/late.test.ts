/**
 * Random histories on a store that answers later, in any order, compared with the same histories on a store that answers
 * at once. The dice of the answers come from the seed.
 *
 * Slow, 30 s: each history is played twice, and another one with refusals.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalRow } from '../../src/engine/ports.ts'
import { extent } from '../suite/extent.ts'
import { callHistories, type History, histories, historiesOnTwoSides, type Step } from './history.ts'
import type { Chances, Dice } from './late.ts'
import { play } from './play.ts'

/** Histories of each kind. */
const RUNS = extent(6, 15)

function diceOf(seed: number): Dice {
  let state = seed * 2 + 1
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

interface Played {
  readonly journal: readonly JournalRow[]
  readonly transcript: readonly string[]
}

async function played(history: History, lateness?: Chances): Promise<Played> {
  const journal: JournalRow[] = []
  let transcript: readonly string[] = []
  await play(history, {
    onCommit: (batch) => journal.push(...batch.journal),
    told: (lines) => {
      transcript = lines
    },
    ...(lateness ? { lateness } : {}),
  })
  return { journal, transcript }
}

const KINDS: readonly (readonly [string, fc.Arbitrary<History>])[] = [
  ['of agents and tasks', histories(false)],
  ['with failures of the ACD', histories(true)],
  ['on two sides', historiesOnTwoSides()],
  ['of calls', callHistories()],
]

/** Steps that are carried out alone, because others do not go together with them. */
const ALONE: readonly string[] = ['together', 'restart', 'pass', 'begin', 'wake', 'second']

/** The same history with up to four steps at a time, so that several commits are under way at once. */
function crowded({ steps, ...history }: History): History {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    if (last && last.length < 4 && ![...last, step].some((each) => ALONE.includes(each.do))) last.push(step)
    else groups.push([step])
  }
  const together = groups.flatMap((group): Step[] => (group.length > 1 ? [{ do: 'together', steps: group }] : group))
  return { ...history, steps: together }
}

describe('a store that answers later', () => {
  it.each(KINDS)(
    'has the same journal as one that answers at once, and clients see the same, in histories %s',
    async (_, kind) => {
      const property = fc.asyncProperty(kind, fc.nat(), async (history, seed) => {
        const late = await played(history, { dice: diceOf(seed), refusesOneOf: 0 })
        expect(late).toEqual(await played(history))
      })
      await fc.assert(property, { seed: 1, numRuns: RUNS })
    },
    300_000,
  )

  it.each(KINDS)(
    'keeps what it accepted, and takes back nothing that it showed, when it refuses commits, in histories %s',
    async (_, kind) => {
      const property = fc.asyncProperty(kind, fc.nat(), (history, seed) =>
        play(crowded(history), { lateness: { dice: diceOf(seed), refusesOneOf: 6 } }),
      )
      await fc.assert(property, { seed: 2, numRuns: RUNS })
    },
    300_000,
  )
})
