/** Reads the history of a data file. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { History, JournalRow, KeptAggregate, OutboxRow, SnapshotRow } from '../../engine/ports.ts'
import { toStoreError } from './errors.ts'
import {
  JOURNAL_COLUMNS,
  KEPT_COLUMNS,
  parseJournal,
  parseKept,
  parseSnapshot,
  readEnds,
  readOutbox,
  SNAPSHOT_COLUMNS,
} from './rows.ts'

type Row = Readonly<Record<string, unknown>>

const SELECT = {
  aggregates: `SELECT ${KEPT_COLUMNS} FROM aggregate AS named ORDER BY named.name`,
  aggregate: `SELECT ${KEPT_COLUMNS} FROM aggregate AS named WHERE named.name = ?`,
  snapshot: `
    SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE aggregate = ? AND at <= ? ORDER BY sequence DESC LIMIT 1`,
  snapshots: `SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE aggregate = ? ORDER BY sequence`,
  rows: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE aggregate = ? AND sequence > ? ORDER BY sequence`,
  row: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position = ?`,
  causedBy: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE cause = ? ORDER BY position`,
  madeBy: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE made = ? ORDER BY position LIMIT 1`,
  all: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position > ? ORDER BY position`,
} as const

/**
 * History over the connection that `connect` returns; it is called for each query. Every query and every iteration sees
 * one state of the file. An iteration that is not read to its end must be closed (`break` does that), because until
 * then the log cannot be shortened.
 */
export class SqliteHistory implements History {
  readonly #connect: () => DatabaseSync
  protected readonly file: string

  constructor(connect: () => DatabaseSync, file: string) {
    this.#connect = connect
    this.file = file
  }

  get storeId(): string {
    return this.#ends().history
  }

  get lastPosition(): number {
    return this.#ends().lastPosition
  }

  get lastOutboxNumber(): number {
    return this.#ends().lastOutboxNumber
  }

  aggregates(): readonly KeptAggregate[] {
    return this.#every(SELECT.aggregates, parseKept)
  }

  aggregate(name: string): KeptAggregate | undefined {
    return this.#first(SELECT.aggregate, parseKept, name)
  }

  snapshot(aggregate: string, time: number): SnapshotRow | undefined {
    return this.#first(SELECT.snapshot, parseSnapshot, aggregate, time)
  }

  snapshots(aggregate: string): Iterable<SnapshotRow> {
    return this.#stream(SELECT.snapshots, parseSnapshot, aggregate)
  }

  rows(aggregate: string, sequence: number): Iterable<JournalRow> {
    return this.#stream(SELECT.rows, parseJournal, aggregate, sequence)
  }

  row(position: number): JournalRow | undefined {
    return this.#first(SELECT.row, parseJournal, position)
  }

  causedBy(position: number): readonly JournalRow[] {
    return this.#every(SELECT.causedBy, parseJournal, position)
  }

  madeBy(id: string): JournalRow | undefined {
    return this.#first(SELECT.madeBy, parseJournal, id)
  }

  all(position: number): Iterable<JournalRow> {
    return this.#stream(SELECT.all, parseJournal, position)
  }

  outbox(): readonly OutboxRow[] {
    return this.attempt((database) => readOutbox(database, this.file))
  }

  /** Runs `read`. Every error becomes a `StoreError`. */
  protected attempt<T>(read: (database: DatabaseSync) => T): T {
    try {
      return read(this.#connect())
    } catch (error) {
      throw toStoreError(error, this.file, 'CORRUPT')
    }
  }

  #ends(): ReturnType<typeof readEnds> {
    return this.attempt((database) => readEnds(database, this.file))
  }

  #first<T>(query: string, parse: Parse<T>, ...values: SQLInputValue[]): T | undefined {
    return this.attempt((database) => {
      const row = database.prepare(query).get(...values)
      return row === undefined ? undefined : parse(row, this.file)
    })
  }

  #every<T>(query: string, parse: Parse<T>, ...values: SQLInputValue[]): readonly T[] {
    return this.attempt((database) => {
      const rows = database.prepare(query).all(...values)
      return rows.map((row) => parse(row, this.file))
    })
  }

  /** Every iteration has its own statement, so that two iterations at the same time do not disturb each other. */
  #stream<T>(query: string, parse: Parse<T>, ...values: SQLInputValue[]): Iterable<T> {
    return {
      [Symbol.iterator]: () => {
        const rows = this.attempt((database) => database.prepare(query).iterate(...values))
        return parsedRows(rows, parse, this.file)
      },
    }
  }
}

type Parse<T> = (row: Row, file: string) => T

function* parsedRows<T>(rows: Iterator<Row>, parse: Parse<T>, file: string): Generator<T, void, undefined> {
  try {
    for (let next = rows.next(); !next.done; next = rows.next()) yield parse(next.value, file)
  } catch (error) {
    throw toStoreError(error, file, 'CORRUPT')
  } finally {
    // This is also needed after an error: an open statement keeps the state that it reads, and so blocks the log.
    rows.return?.()
  }
}
