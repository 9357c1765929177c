/**
 * Random histories of several agents on a whole engine, with queues. A failing one is shrunk and printed as a script
 * for `replay`. MRDIAN_SEEDS=20 plays twenty seeds with more histories, MRDIAN_SEED=7 only that one.
 *
 * Slow, 8 s: more than a hundred random histories; `npm run test:whole` plays more of each kind.
 */
import { describe, expect, it } from 'vitest'
import { extent } from '../suite/extent.ts'
import { smallestFailure } from './check.ts'
import { callHistories, type History, histories, historiesOnTwoSides } from './history.ts'
import { play, replay, type Visited } from './play.ts'

const FIXED_SEEDS = [1, 2, 3]
/** Histories of each kind and seed, and of those that take longer. */
const RUNS = process.env.MRDIAN_SEEDS === undefined && process.env.MRDIAN_SEED === undefined ? extent(16, 40) : 100
const FEWER = extent(10, RUNS / 4)

function seeds(): readonly number[] {
  const { MRDIAN_SEED: one, MRDIAN_SEEDS: many } = process.env
  if (one !== undefined) return [Number(one)]
  return many === undefined ? FIXED_SEEDS : Array.from({ length: Number(many) }, (_, index) => index + 1)
}

describe('random histories of four agents', () => {
  const visited: Visited = new Map()

  it.each(seeds())(
    'without failures of the ACD, seed %i',
    async (seed) => {
      process.stdout.write(`properties: seed ${seed}, ${RUNS} histories\n`)
      expect(await smallestFailure(histories(false), seed, RUNS, visited)).toBeUndefined()
    },
    300_000,
  )

  it.each(seeds())(
    'with failures, seed %i',
    async (seed) => {
      expect(await smallestFailure(histories(true), seed, RUNS, visited)).toBeUndefined()
    },
    300_000,
  )

  // With the fixed seeds only one of them, because most behaviour does not depend on the number of sides.
  it.each(seeds().slice(0, process.env.MRDIAN_SEEDS === undefined ? 1 : undefined))(
    'on two sides, with failures of both, seed %i',
    async (seed) => {
      const reached: Visited = new Map()
      expect(await smallestFailure(historiesOnTwoSides(), seed, FEWER, reached)).toBeUndefined()
      expect(reached.get('step lost') ?? 0).toBeGreaterThan(extent(1, 5))
    },
    300_000,
  )

  // Ten thousand of them: node test/properties/main.ts --calls --to 100 --runs 100
  it.each(seeds())(
    'of calls of five agents leave no leg, no interrupt and no wish behind, seed %i',
    async (seed) => {
      expect(await smallestFailure(callHistories(), seed, FEWER, visited)).toBeUndefined()
    },
    300_000,
  )

  it('reach all states of dialogs and tasks often enough', () => {
    for (const state of ['OFFERED', 'ACCEPTED', 'ACTIVE', 'PAUSED', 'WRAPPING_UP', 'INTERRUPTED'])
      expect(visited.get(`dialog ${state}`) ?? 0, `dialog ${state}`).toBeGreaterThan(extent(8, 20))
    for (const state of ['queued', 'reserved', 'handled', 'abandoned', 'resubmitted', 'expired'])
      expect(visited.get(`task ${state}`) ?? 0, `task ${state}`).toBeGreaterThan(extent(8, 20))
  })
})

describe('replay', () => {
  it('plays a printed history', async () => {
    const history: History = {
      ready: [{ user: '1001', limit: 1, answer: 'ACCEPT' }],
      steps: [
        { do: 'submit', selector: 'email_support', pinned: '' },
        { do: 'act', pick: 0, choice: 0, target: 'chat_sales' },
        { do: 'restart', crash: true },
        { do: 'act', pick: 0, choice: 0, target: 'chat_sales' },
      ],
    }
    const visited: Visited = new Map()
    await play(history, { visited })
    expect(visited.get('dialog ACTIVE')).toBe(1)
    await replay(JSON.stringify(history))
  })

  it('the order of calls stays over a restart, whichever of them had the last input', async () => {
    const history: History = {
      ends: true,
      ready: (['1001', '1002'] as const).map((user) => ({ user, limit: 1, answer: 'ACCEPT' as const })),
      steps: [
        { do: 'queueCall', queue: '701' },
        { do: 'second', pick: 0 },
        { do: 'pass', seconds: 61 },
        { do: 'restart', crash: true },
      ],
    }
    await play(history)
  })
})
