import { expect, it } from 'vitest'
import { sqliteStore } from '../../src/store/index.ts'
import { agreesWithMemory } from './equal.cases.ts'

it('a store in SQLite agrees with one in memory after random batches, compactions and rewrites', async () => {
  await agreesWithMemory((historySpacing) => sqliteStore(':memory:', { historySpacing }), { numRuns: 150 })
  expect.hasAssertions()
})
