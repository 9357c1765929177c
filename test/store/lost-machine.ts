/** A program that tests run on a machine of its own: it stands still for ever in the middle of a change of many statements. */
import { postgresStore } from '../../src/store/postgres/store.ts'
import { batch, journalRow } from './rows.ts'

const [url = ''] = process.argv.slice(2)

const store = await postgresStore(url, { acceptUnreplicated: true })
await store.commit(batch({ journal: [journalRow(1, 'user/1', 1, 'kept')] }))
const standStill = () => {
  console.log('in the middle of it')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  return null
}
await store.rewrite({ input: standStill, state: standStill, payload: standStill }, null)
