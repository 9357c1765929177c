import { expect, it } from 'vitest'
import { memoryStore } from '../../src/store/index.ts'
import { historyCases } from './history.cases.ts'
import { batch, journalRow, snapshotRow } from './rows.ts'
import { storeCases } from './store.cases.ts'

storeCases('memoryStore', () => memoryStore())
storeCases('memoryStore with history', () => memoryStore({ keep: 'history' }))
historyCases('memoryStore', (historySpacing) => memoryStore({ keep: 'history', historySpacing }))

it('reopen simulates a restart', async () => {
  const store = memoryStore({ id: 'h1' })
  await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
  await store.records.put('lockouts', 'a', 1)
  await store.close()
  const after = store.reopen()
  expect(after.id).toBe('h1')
  expect((await after.load()).tail).toHaveLength(1)
  expect(after.records.list('lockouts')).toHaveLength(1)
})

it('keeps no history by default', async () => {
  const store = memoryStore()
  expect(store.history).toBeUndefined()
  await store.commit(batch({ journal: [journalRow(1, 'call/1', 1)], ended: ['call/1'] }))
  expect((await store.load()).tail).toEqual([])
  expect(await store.compact(Number.MAX_SAFE_INTEGER)).toBe(false)
  await store.commit(batch({ journal: [journalRow(2, 'call/1', 1)] }))
  expect(await store.load()).toMatchObject({ tail: [{ position: 2 }], lastPosition: 2 })
})

it("with `keep: 'history'` keeps the history over a restart", async () => {
  const store = memoryStore({ keep: 'history' })
  await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], snapshots: [snapshotRow('user/1', 1)] }))
  const after = store.reopen()
  expect(await after.history?.row(1)).toEqual(journalRow(1, 'user/1', 1))
  await expect(async () => store.history?.row(1)).rejects.toMatchObject({ code: 'CLOSED' })
})
