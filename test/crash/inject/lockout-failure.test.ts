/** Lock-outs while the store refuses changes: they begin and end as usual, and the record is written later. */
import { expect, it } from 'vitest'
import { createAccounts } from '../../../src/accounts/index.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { RecordStore } from '../../../src/engine/ports.ts'
import { memoryStore } from '../../../src/store/index.ts'

const { credentials, directory } = await loadDirectory()
const { attempts, seconds } = directory.settings.lockout

function stage() {
  const { records } = memoryStore()
  const own = { isFull: false, now: 1_000_000 }
  const change = (run: () => void) => {
    if (own.isFull) throw new Error('database or disk is full')
    run()
  }
  const failing: RecordStore = {
    list: (collection) => records.list(collection),
    put: (...given) => change(() => records.put(...given)),
    delete: (...given) => change(() => records.delete(...given)),
  }
  const make = () =>
    createAccounts({ credentials, lockout: directory.settings.lockout, now: () => own.now, records: failing })
  return { own, make, accounts: make(), locked: () => records.list('lockouts').map(({ key }) => key) }
}

it('wrong passwords lock an account although the record cannot be written; the next change writes it', async () => {
  const { own, accounts, make, locked } = stage()
  own.isFull = true
  for (let times = 0; times < attempts; times += 1) expect(await accounts.verify('1002', 'wrong')).toBeUndefined()
  expect(await accounts.verify('1002', 'secret')).toBeUndefined()
  expect(locked()).toEqual([])
  own.isFull = false
  for (let times = 0; times < attempts; times += 1) await accounts.verify('1003', 'wrong')
  expect(locked()).toEqual(['1002', '1003'])
  const restarted = make()
  expect(await restarted.verify('1002', 'secret')).toBeUndefined()
})

it('a lock ends in time although its record cannot be deleted; the next change deletes it', async () => {
  const { own, accounts, locked } = stage()
  for (let times = 0; times < attempts; times += 1) await accounts.verify('1002', 'wrong')
  own.now += seconds * 1000
  own.isFull = true
  expect(await accounts.verify('1002', 'secret')).toEqual({ id: '1002', kind: 'user' })
  expect(locked()).toEqual(['1002'])
  own.isFull = false
  for (let times = 0; times < attempts; times += 1) await accounts.verify('1003', 'wrong')
  expect(locked()).toEqual(['1003'])
})
