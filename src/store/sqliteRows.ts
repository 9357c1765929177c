/** Rows of a data file on their way out: whatever has happened to the file, only whole rows leave. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { JournalRow, OutboxRow, SnapshotRow, StoredState } from '../engine/ports.ts'
import { StoreError } from './errors.ts'
import { fromText } from './json.ts'

const whole = z.int().min(0)
const number = z.int().min(1)
const name = z.string().min(1)

const storeRow = z.object({ history: name, lastOutboxNumber: whole, lastPosition: whole })

const journalRow = z.object({
  position: number,
  aggregate: name,
  sequence: number,
  at: whole,
  machineVersion: whole,
  outcome: z.enum(['applied', 'failed']),
  input: z.string(),
})

const snapshotRow = z.object({
  aggregate: name,
  machine: name,
  machineVersion: whole,
  sequence: whole,
  at: whole,
  state: z.string(),
})

const outboxRow = z.object({
  number,
  lane: name,
  kind: z.enum(['notification', 'acd']),
  payload: z.string(),
})

const recordRow = z.object({ key: name, value: z.string() })

const SELECT_STORE = `
  SELECT history, last_outbox_number AS lastOutboxNumber,
    (SELECT coalesce(max(position), 0) FROM journal) AS lastPosition
  FROM store`

const SELECT_SNAPSHOTS = `
  SELECT aggregate, machine, machine_version AS machineVersion, sequence, at, state FROM snapshot ORDER BY aggregate`

/** CROSS JOIN fixes the order of the loops: for each aggregate the index leads to its rows behind the snapshot. */
const SELECT_TAIL = `
  SELECT journal.position, journal.aggregate, journal.sequence, journal.at,
    journal.machine_version AS machineVersion, journal.outcome, journal.input
  FROM aggregate CROSS JOIN journal ON journal.aggregate = aggregate.name
    AND journal.sequence > coalesce((SELECT sequence FROM snapshot WHERE snapshot.aggregate = aggregate.name), 0)
  ORDER BY journal.position`

const SELECT_OUTBOX = 'SELECT number, lane, kind, payload FROM outbox ORDER BY number'

/** Name of the history and the last numbers given. */
export function readEnds(database: DatabaseSync, file: string): z.output<typeof storeRow> {
  return parseRow(storeRow, database.prepare(SELECT_STORE).get(), `${file}: store row`)
}

/** @throws StoreError `CORRUPT` that names the first bad row. */
export function readState(database: DatabaseSync, file: string): Pick<StoredState, 'snapshots' | 'tail' | 'outbox'> {
  const snapshots = readRows(database, SELECT_SNAPSHOTS).map((row): SnapshotRow => {
    const what = `${file}: snapshot of ${keyOf(row, 'aggregate')}`
    const parsed = parseRow(snapshotRow, row, what)
    return { ...parsed, state: fromText(parsed.state, `${what}: state`) }
  })
  const tail = readRows(database, SELECT_TAIL).map((row): JournalRow => {
    const what = `${file}: journal row ${keyOf(row, 'position')}`
    const parsed = parseRow(journalRow, row, what)
    return { ...parsed, input: fromText(parsed.input, `${what}: input`) }
  })
  const outbox = readRows(database, SELECT_OUTBOX).map((row): OutboxRow => {
    const what = `${file}: outbox row ${keyOf(row, 'number')}`
    const parsed = parseRow(outboxRow, row, what)
    return { ...parsed, payload: fromText(parsed.payload, `${what}: payload`) }
  })
  checkTail(snapshots, tail, file)
  return { snapshots, tail, outbox }
}

/** Entries of a collection, by key. */
export function readRecords(database: DatabaseSync, collection: string, file: string) {
  const rows = database.prepare('SELECT key, value FROM record WHERE collection = ? ORDER BY key').all(collection)
  return rows.map((row) => {
    const what = `${file}: record ${collection}/${keyOf(row, 'key')}`
    const { key, value } = parseRow(recordRow, row, what)
    return { key, value: fromText(value, what) }
  })
}

/** A lost row in the middle would silently change what replay arrives at. */
function checkTail(snapshots: readonly SnapshotRow[], tail: readonly JournalRow[], file: string): void {
  const last = new Map(snapshots.map(({ aggregate, sequence }) => [aggregate, sequence]))
  for (const { aggregate, sequence, position } of tail) {
    const expected = (last.get(aggregate) ?? 0) + 1
    if (sequence !== expected) {
      const message = `${file}: journal row ${position}: ${aggregate} goes on with ${sequence} where ${expected} is due`
      throw new StoreError('CORRUPT', message)
    }
    last.set(aggregate, sequence)
  }
}

type Row = Readonly<Record<string, unknown>>

function readRows(database: DatabaseSync, query: string): readonly Row[] {
  return database.prepare(query).all()
}

function keyOf(row: Row, column: string): string {
  return String(row[column])
}

function parseRow<T>(schema: z.ZodType<T>, row: unknown, what: string): T {
  const parsed = schema.safeParse(row)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new StoreError('CORRUPT', `${what}: ${issue?.path.join('.')}: ${issue?.message}`, { cause: parsed.error })
}
