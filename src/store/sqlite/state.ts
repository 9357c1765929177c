/** Reads what a start needs, in steps of some rows, so that a large file does not delay other work of the process. */
import type { DatabaseSync } from 'node:sqlite'
import type { JournalRow, OutboxRow, SnapshotRow, StoredState } from '../../engine/ports.ts'
import { checkNumbers } from '../gapless.ts'
import { inOrder } from './in-order.ts'
import { JOURNAL_COLUMNS, OUTBOX_COLUMNS, parseJournal, parseOutbox, parseSnapshot, SNAPSHOT_COLUMNS } from './rows.ts'

/** Rows that are read in one step. */
const PAGE = 64

const SELECT_LIVING = 'SELECT name FROM aggregate WHERE ended_at IS NULL ORDER BY name'

/** The index leads to the newest snapshot of an aggregate. */
const SELECT_SNAPSHOT = `
  SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE aggregate = ? ORDER BY sequence DESC LIMIT 1`

/** The index leads to the rows of an aggregate after its newest snapshot. */
const SELECT_ROWS = `
  SELECT ${JOURNAL_COLUMNS} FROM journal WHERE aggregate = ? AND sequence > ? ORDER BY sequence LIMIT ${PAGE}`

const SELECT_OUTBOX = `SELECT ${OUTBOX_COLUMNS} FROM outbox WHERE number > ? ORDER BY number LIMIT ${PAGE}`

/** Newest snapshots, tail and outbox. @throws StoreError `CORRUPT` that names a bad row. */
export function* readState(
  database: DatabaseSync,
  file: string,
): Generator<undefined, Pick<StoredState, 'snapshots' | 'tail' | 'outbox'>> {
  const select = database.prepare(SELECT_SNAPSHOT)
  const names = database
    .prepare(SELECT_LIVING)
    .all()
    .map(({ name }) => String(name))
  const snapshots: SnapshotRow[] = []
  for (const name of names) {
    yield
    const row = select.get(name)
    if (row !== undefined) snapshots.push(parseSnapshot(row, file))
  }
  const tail = yield* inOrder(yield* readTails(database, names, snapshots, file), ({ position }) => position)
  return { snapshots, tail, outbox: yield* readOutbox(database, file) }
}

/** The rows of each aggregate after its newest snapshot. */
function* readTails(
  database: DatabaseSync,
  names: readonly string[],
  snapshots: readonly SnapshotRow[],
  file: string,
): Generator<undefined, readonly (readonly JournalRow[])[]> {
  const select = database.prepare(SELECT_ROWS)
  const last = new Map(snapshots.map(({ aggregate, sequence }) => [aggregate, sequence]))
  const tails: JournalRow[][] = []
  for (const name of names) {
    const tail: JournalRow[] = []
    for (let after = last.get(name) ?? 0, isMore = true; isMore; after += PAGE) {
      yield
      const page = select.all(name, after).map((row) => parseJournal(row, file))
      checkNumbers(page, after, file)
      for (const row of page) tail.push(row)
      isMore = page.length === PAGE
    }
    tails.push(tail)
  }
  return tails
}

function* readOutbox(database: DatabaseSync, file: string): Generator<undefined, readonly OutboxRow[]> {
  const select = database.prepare(SELECT_OUTBOX)
  const rows: OutboxRow[] = []
  for (let isMore = true; isMore; ) {
    yield
    const page = select.all(rows.at(-1)?.number ?? 0).map((row) => parseOutbox(row, file))
    for (const row of page) rows.push(row)
    isMore = page.length === PAGE
  }
  return rows
}
