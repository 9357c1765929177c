/** A program that tests run as another process. It opens the store, prints `open`, and waits to be killed. */

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Store } from '../../src/engine/ports.ts'
import { StoreError, sqliteStore } from '../../src/store/index.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { batch, journalRow, outboxRow } from './rows.ts'

const [file = '', what] = process.argv.slice(2)

/** Commits the next row of the journal with this input. Returns its position. */
async function commitNext(store: Store, text: string): Promise<number> {
  const position = (await store.load()).lastPosition + 1
  await store.commit(batch({ journal: [journalRow(position, 'user/1', position, text)] }))
  return position
}

/** Commits each line of standard input as the input of a journal row. */
async function obey(store: Store): Promise<void> {
  for await (const text of createInterface({ input: process.stdin })) {
    // When a process closes a file, it loses all locks that its SQLite has on this file (POSIX).
    if (text === 'read the files') for (const end of ['', '.lock']) readFileSync(`${file}${end}`)
    try {
      console.log(`kept ${await commitNext(store, text)}`)
    } catch (error) {
      console.log(`refused ${error instanceof Error ? error.message : error}`)
    }
  }
}

function halfMigrated(): void {
  const database = new DatabaseSync(file)
  // With such a small cache, SQLite writes to the disk what is not yet committed.
  database.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE')
  database.exec(MIGRATIONS[0]?.sql ?? '')
  console.log('half')
  setInterval(() => database.isOpen, 1000)
}

/** Tries to open the store, prints the outcome, and ends. */
function tryToOpen(): void {
  try {
    sqliteStore(file).close()
    console.log('opened')
  } catch (error) {
    console.log(error instanceof StoreError && error.code === 'IN_USE' ? error.code : error)
  }
}

if (what === 'half-migrated') halfMigrated()
else if (what === 'tried') tryToOpen()
else {
  const store = sqliteStore(file)
  console.log('open')
  setInterval(() => store.id, 1000)
  if (what === 'commit') {
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
    console.log('committed')
  }
  if (what === 'commit-on')
    for (;;) {
      await commitNext(store, 'x'.repeat(500))
      await setImmediate()
    }
  if (what === 'obey') await obey(store)
}
