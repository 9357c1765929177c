import { expect, it } from 'vitest'
import { sqliteStore } from '../../src/store/index.ts'
import { extent } from '../suite/extent.ts'
import { agreesWithMemory } from './equal.cases.ts'

it('a store in SQLite agrees with one in memory after random batches, compactions and rewrites', async () => {
  await agreesWithMemory((historySpacing) => sqliteStore(':memory:', { historySpacing }), { numRuns: extent(75, 150) })
  expect.hasAssertions()
})
