/**
 * The same history, played twice, gives the same journal: nothing depends on a clock or on randomness. Every journal
 * replays.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { type History, histories } from '../properties/history.ts'
import { play } from '../properties/play.ts'
import { historyOf } from './golden/read.ts'

const SEED = 7
const RUNS = 10

/** Everything that was committed, as text. */
async function committed(history: History): Promise<readonly string[]> {
  const commits: string[] = []
  await play(history, { onCommit: (batch) => commits.push(JSON.stringify(batch)) })
  return commits
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

/** Milliseconds, enough for a slow machine. */
const TIMEOUT = 240_000

describe.each([
  ['without failures of the ACD', false],
  ['with failures', true],
] as const)('histories of four agents %s', (_what, faults) => {
  const given = fc.sample(histories(faults), { seed: SEED, numRuns: RUNS })

  it('give the same journal every time, hash for hash', { timeout: TIMEOUT }, async () => {
    for (const history of given) {
      const first = (await committed(history)).map(hash)
      expect(first.length).toBeGreaterThan(0)
      expect((await committed(history)).map(hash)).toEqual(first)
    }
  })

  it('replay without a difference', { timeout: TIMEOUT }, async () => {
    for (const history of given) {
      const batches: Batch[] = (await committed(history)).map((text) => JSON.parse(text))
      const rows = batches.flatMap(({ journal }) => journal)
      const report = await replay(historyOf({ rows, snapshots: batches.flatMap(({ snapshots }) => snapshots) }))
      expect(report.aggregates.filter(({ difference }) => difference)).toEqual([])
      expect(report.rows).toBe(rows.length)
    }
  })
})
