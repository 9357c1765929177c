/** Run by `sqlite.test.ts` as another process: opens the store, says so, and waits to be killed. */
import { sqliteStore } from '../../src/store/index.ts'
import { batch, journalRow, outboxRow } from './rows.ts'

const [file = '', what] = process.argv.slice(2)
const store = sqliteStore(file)
console.log('open')
if (what === 'commit') {
  store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
  console.log('committed')
}
setInterval(() => store.id, 1000)
