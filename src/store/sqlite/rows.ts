/** Reads and validates rows of a data file. A damaged row throws an error and is never returned. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { JournalRow, KeptAggregate, OutboxRow, RecordStore, SnapshotRow } from '../../engine/ports.ts'
import { StoreError } from '../errors.ts'
import { fromText } from '../json.ts'
import { toJournalRow, toOutboxRow, toSnapshotRow } from '../stored.ts'
import { unpacked } from './packed.ts'

const whole = z.int().min(0)
const number = z.int().min(1)
const name = z.string().min(1)

const storeRow = z.object({ history: name, lastOutboxNumber: whole, lastPosition: whole, turn: whole })

const journalRow = z.object({
  position: number,
  aggregate: name,
  sequence: number,
  at: whole,
  machineVersion: whole,
  outcome: z.enum(['applied', 'failed']),
  input: z.string(),
  error: z.string().nullable(),
  origin: z.string().nullable(),
  cause: number.nullable(),
  made: name.nullable(),
  firstOutbox: number.nullable(),
  lastOutbox: number.nullable(),
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

const keptRow = z.object({
  name,
  endedAt: whole.nullable(),
  firstRow: number.nullable(),
  lastRow: number.nullable(),
  firstSnapshot: whole.nullable(),
  lastSnapshot: whole.nullable(),
})

/** Columns of a journal row, of the table or alias `journal`. */
export const JOURNAL_COLUMNS = `
  journal.position, journal.aggregate, journal.sequence, journal.at, journal.machine_version AS machineVersion,
  journal.outcome, journal.input, journal.error, journal.origin, journal.cause, journal.made,
  journal.first_outbox AS firstOutbox, journal.last_outbox AS lastOutbox`

/** Columns of a snapshot, of the table or alias `snapshot`. */
export const SNAPSHOT_COLUMNS = `
  snapshot.aggregate, snapshot.machine, snapshot.machine_version AS machineVersion, snapshot.sequence, snapshot.at,
  snapshot.state`

export const OUTBOX_COLUMNS = 'number, lane, kind, payload'

/** Name, end and range of rows of an aggregate, of the table or alias `named`. */
export const KEPT_COLUMNS = `
  named.name, named.ended_at AS endedAt,
  (SELECT min(sequence) FROM journal WHERE aggregate = named.name) AS firstRow,
  (SELECT max(sequence) FROM journal WHERE aggregate = named.name) AS lastRow,
  (SELECT min(sequence) FROM snapshot WHERE aggregate = named.name) AS firstSnapshot,
  (SELECT max(sequence) FROM snapshot WHERE aggregate = named.name) AS lastSnapshot`

/** `last_position` is needed because compaction may have deleted the last row of the journal. */
const SELECT_STORE = `
  SELECT history, last_outbox_number AS lastOutboxNumber, times_opened AS turn,
    max(last_position, (SELECT coalesce(max(position), 0) FROM journal)) AS lastPosition
  FROM store`

const SELECT_OUTBOX = `SELECT ${OUTBOX_COLUMNS} FROM outbox ORDER BY number`

/** Id of the history and the last numbers given. `turn`: see `reached.ts`. */
export function readEnds(database: DatabaseSync, file: string): z.output<typeof storeRow> {
  return parseRow(storeRow, database.prepare(SELECT_STORE).get(), `${file}: store row`)
}

/** Undelivered rows, in order. */
export function readOutbox(database: DatabaseSync, file: string): readonly OutboxRow[] {
  return readRows(database, SELECT_OUTBOX).map((row) => parseOutbox(row, file))
}

/** Entries of a collection, by key. */
export function readRecords(database: DatabaseSync, collection: string, file: string): ReturnType<RecordStore['list']> {
  const rows = database.prepare('SELECT key, value FROM record WHERE collection = ? ORDER BY key').all(collection)
  return rows.map((row) => {
    const what = `${file}: record ${collection}/${keyOf(row, 'key')}`
    const { key, value } = parseRow(recordRow, row, what)
    return { key, value: fromText(value, what) }
  })
}

/** @throws StoreError `CORRUPT` that names the row. The other parsers do the same. */
export function parseJournal(row: Row, file: string): JournalRow {
  const what = `${file}: journal row ${keyOf(row, 'position')}`
  const { firstOutbox, lastOutbox, ...parsed } = parseRow(journalRow, row, what)
  if ((firstOutbox === null) !== (lastOutbox === null)) throw new StoreError('CORRUPT', `${what}: half an outbox range`)
  const outbox = firstOutbox === null || lastOutbox === null ? null : ([firstOutbox, lastOutbox] as const)
  const { input, origin } = parsed
  return toJournalRow({ ...parsed, outbox, input: unpacked(input), origin: origin && unpacked(origin) }, what)
}

export function parseSnapshot(row: Row, file: string): SnapshotRow {
  const what = `${file}: snapshot of ${keyOf(row, 'aggregate')}`
  const parsed = parseRow(snapshotRow, row, what)
  return toSnapshotRow({ ...parsed, state: unpacked(parsed.state) }, what)
}

export function parseOutbox(row: Row, file: string): OutboxRow {
  const what = `${file}: outbox row ${keyOf(row, 'number')}`
  return toOutboxRow(parseRow(outboxRow, row, what), what)
}

/**
 * If row 1 exists, nothing was compacted and a replay begins without a snapshot. Otherwise it begins with the oldest
 * snapshot.
 */
export function parseKept(row: Row, file: string): KeptAggregate {
  const kept = parseRow(keptRow, row, `${file}: aggregate ${keyOf(row, 'name')}`)
  const { firstRow, firstSnapshot } = kept
  return {
    name: kept.name,
    ended: kept.endedAt !== null,
    from: firstRow === 1 ? 0 : (firstSnapshot ?? (firstRow ?? 1) - 1),
    to: Math.max(kept.lastRow ?? 0, kept.lastSnapshot ?? 0),
  }
}

export type Row = Readonly<Record<string, unknown>>

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
