import { expect, it } from 'vitest'
import { memoryStore } from '../../src/store/index.ts'
import { historyCases } from './history.cases.ts'
import { batch, journalRow, snapshotRow } from './rows.ts'
import { storeCases } from './store.cases.ts'

storeCases('memoryStore', () => memoryStore())
storeCases('memoryStore with history', () => memoryStore({ keep: 'history' }))
historyCases('memoryStore', (historySpacing) => memoryStore({ keep: 'history', historySpacing }))

it('reopen simulates a restart', () => {
  const store = memoryStore({ id: 'h1' })
  store.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
  store.records.put('lockouts', 'a', 1)
  store.close()
  const after = store.reopen()
  expect(after.id).toBe('h1')
  expect(after.load().tail).toHaveLength(1)
  expect(after.records.list('lockouts')).toHaveLength(1)
})

it('keeps no history by default', () => {
  const store = memoryStore()
  expect(store.history).toBeUndefined()
  store.commit(batch({ journal: [journalRow(1, 'call/1', 1)], ended: ['call/1'] }))
  expect(store.load().tail).toEqual([])
  expect(store.compact(Number.MAX_SAFE_INTEGER)).toBe(false)
  store.commit(batch({ journal: [journalRow(2, 'call/1', 1)] }))
  expect(store.load()).toMatchObject({ tail: [{ position: 2 }], lastPosition: 2 })
})

it("with `keep: 'history'` keeps the history over a restart", () => {
  const store = memoryStore({ keep: 'history' })
  store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], snapshots: [snapshotRow('user/1', 1)] }))
  const after = store.reopen()
  expect(after.history?.row(1)).toEqual(journalRow(1, 'user/1', 1))
  expect(() => store.history?.row(1)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
})
