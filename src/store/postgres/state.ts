/** Reads what a start needs, a page at a time. */
import type { JournalRow, OutboxRow, SnapshotRow, StoredState } from '../../engine/ports.ts'
import { checkNumbers } from '../gapless.ts'
import { compareText } from '../memory/content.ts'
import { parseJournal, parseOutbox, parseSnapshot } from '../sqlite/rows.ts'
import type { Connection, Row } from './driver.ts'
import { JOURNAL_COLUMNS, OUTBOX_COLUMNS, SNAPSHOT_COLUMNS } from './rows.ts'

/** Aggregates of one page. */
const AGGREGATES = 128
/** Rows of one aggregate, and notifications, in one page. */
const ROWS = 128

const SELECT_LIVING = `SELECT name FROM aggregate WHERE ended_at IS NULL AND name > $1 ORDER BY name LIMIT ${AGGREGATES}`

const SELECT_SNAPSHOTS = `
  SELECT snapshot.* FROM json_array_elements_text($1::text::json) AS named(name)
    CROSS JOIN LATERAL (SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE aggregate = named.name
      ORDER BY sequence DESC LIMIT 1) AS snapshot`

const SELECT_TAILS = `
  SELECT journal.* FROM json_to_recordset($1::text::json) AS named(name text, after bigint)
    CROSS JOIN LATERAL (SELECT ${JOURNAL_COLUMNS} FROM journal
      WHERE aggregate = named.name AND sequence > named.after ORDER BY sequence LIMIT ${ROWS}) AS journal`

const SELECT_OUTBOX = `SELECT ${OUTBOX_COLUMNS} FROM outbox WHERE number > $1 ORDER BY number LIMIT ${ROWS}`

export type Read = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>

/** Newest snapshots, tail and outbox. @throws StoreError `CORRUPT` that names a bad row. */
export async function readState(
  read: Read,
  shown: string,
): Promise<Pick<StoredState, 'snapshots' | 'tail' | 'outbox'>> {
  return { ...(await readAggregates(read, shown)), outbox: await readOutbox(queryOf(read), shown) }
}

/** Newest snapshots and tail. @throws StoreError `CORRUPT` that names a bad row. */
export async function readAggregates(read: Read, shown: string): Promise<Pick<StoredState, 'snapshots' | 'tail'>> {
  const query = queryOf(read)
  const [snapshots, tail]: [SnapshotRow[], JournalRow[]] = [[], []]
  for (let last = '', isMore = true; isMore; ) {
    const names = (await query(SELECT_LIVING, last)).map(({ name }) => String(name))
    last = names.at(-1) ?? last
    isMore = names.length === AGGREGATES
    const page = (await query(SELECT_SNAPSHOTS, JSON.stringify(names))).map((row) => parseSnapshot(row, shown))
    snapshots.push(...page)
    await readTails(query, names, page, tail, shown)
  }
  return {
    snapshots: snapshots.sort((a, b) => compareText(a.aggregate, b.aggregate)),
    tail: tail.sort((a, b) => a.position - b.position),
  }
}

type Query = (statement: string, parameter: string | number) => Promise<readonly Row[]>

const queryOf =
  (read: Read): Query =>
  (statement, parameter) =>
    read((connection) => connection.query(statement, [parameter]))

/** The rows of each aggregate after its newest snapshot. Those with more than one page are read on. */
async function readTails(
  query: Query,
  names: readonly string[],
  snapshots: readonly SnapshotRow[],
  tail: JournalRow[],
  shown: string,
): Promise<void> {
  const bases = new Map(snapshots.map(({ aggregate, sequence }) => [aggregate, sequence]))
  let named = names.map((name) => ({ name, after: bases.get(name) ?? 0 }))
  while (named.length > 0) {
    const rows = (await query(SELECT_TAILS, JSON.stringify(named))).map((row) => parseJournal(row, shown))
    const byName = Map.groupBy(rows, ({ aggregate }) => aggregate)
    for (const { name, after } of named) checkNumbers(byName.get(name) ?? [], after, shown)
    for (const row of rows) tail.push(row)
    named = named.flatMap(({ name, after }) =>
      byName.get(name)?.length === ROWS ? [{ name, after: after + ROWS }] : [],
    )
  }
}

async function readOutbox(query: Query, shown: string): Promise<readonly OutboxRow[]> {
  const rows: OutboxRow[] = []
  for (let isMore = true; isMore; ) {
    const page = (await query(SELECT_OUTBOX, rows.at(-1)?.number ?? 0)).map((row) => parseOutbox(row, shown))
    rows.push(...page)
    isMore = page.length === ROWS
  }
  return rows
}
