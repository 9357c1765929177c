import { expect, it } from 'vitest'
import { memoryStore } from '../../src/store/index.ts'
import { batch, journalRow } from './rows.ts'
import { storeCases } from './store.cases.ts'

storeCases('memoryStore', () => memoryStore())

it('plays a restart', () => {
  const store = memoryStore({ id: 'h1' })
  store.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
  store.records.put('lockouts', 'a', 1)
  store.close()
  const after = store.reopen()
  expect(after.id).toBe('h1')
  expect(after.load().tail).toHaveLength(1)
  expect(after.records.list('lockouts')).toHaveLength(1)
})
