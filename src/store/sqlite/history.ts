/** Reads the history of a data file. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { History, JournalRow, KeptAggregate, OutboxRow, SnapshotRow } from '../../engine/ports.ts'
import { timeToRead } from '../../waiting/reading-time.ts'
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
  snapshots: `SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE aggregate = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  rows: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE aggregate = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  row: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position = ?`,
  causedBy: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE cause = ? ORDER BY position`,
  madeBy: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE made = ? ORDER BY position LIMIT 1`,
  all: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position > ? ORDER BY position LIMIT ?`,
} as const

/** Most rows of a page. The first pages are smaller, because many readers need only the first row. */
const PAGE = { rows: 256, snapshots: 16 } as const

/**
 * History over the connection that `connect` returns; it is called for each query. No statement stays open between two
 * queries: an open one would keep the log from being shortened.
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

  aggregates(): Promise<readonly KeptAggregate[]> {
    return this.#every(SELECT.aggregates, parseKept)
  }

  aggregate(name: string): Promise<KeptAggregate | undefined> {
    return this.#first(SELECT.aggregate, parseKept, name)
  }

  snapshot(aggregate: string, time: number): Promise<SnapshotRow | undefined> {
    return this.#first(SELECT.snapshot, parseSnapshot, aggregate, time)
  }

  snapshots(aggregate: string): AsyncIterable<SnapshotRow> {
    const page: Page<SnapshotRow> = { size: PAGE.snapshots, parse: parseSnapshot, placeOf: ({ sequence }) => sequence }
    return this.#pages(SELECT.snapshots, page, -1, aggregate)
  }

  rows(aggregate: string, sequence: number): AsyncIterable<JournalRow> {
    const page: Page<JournalRow> = { size: PAGE.rows, parse: parseJournal, placeOf: (row) => row.sequence }
    return this.#pages(SELECT.rows, page, sequence, aggregate)
  }

  row(position: number): Promise<JournalRow | undefined> {
    return this.#first(SELECT.row, parseJournal, position)
  }

  causedBy(position: number): Promise<readonly JournalRow[]> {
    return this.#every(SELECT.causedBy, parseJournal, position)
  }

  madeBy(id: string): Promise<JournalRow | undefined> {
    return this.#first(SELECT.madeBy, parseJournal, id)
  }

  all(position: number): AsyncIterable<JournalRow> {
    const page: Page<JournalRow> = { size: PAGE.rows, parse: parseJournal, placeOf: (row) => row.position }
    return this.#pages(SELECT.all, page, position)
  }

  async outbox(): Promise<readonly OutboxRow[]> {
    await timeToRead()
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

  async #first<T>(query: string, parse: Parse<T>, ...values: SQLInputValue[]): Promise<T | undefined> {
    await timeToRead()
    return this.attempt((database) => {
      const row = database.prepare(query).get(...values)
      return row === undefined ? undefined : parse(row, this.file)
    })
  }

  async #every<T>(query: string, parse: Parse<T>, ...values: SQLInputValue[]): Promise<readonly T[]> {
    await timeToRead()
    return this.attempt((database) => {
      const rows = database.prepare(query).all(...values)
      return rows.map((row) => parse(row, this.file))
    })
  }

  /** `values`: those of the query before the place and the size of the page. A row is parsed when it is reached. */
  async *#pages<T>(
    query: string,
    { size: most, parse, placeOf }: Page<T>,
    begin: number,
    ...values: SQLInputValue[]
  ): AsyncGenerator<T, void, undefined> {
    let place = begin
    for (let size = 1; ; size = Math.min(most, size * 4)) {
      await timeToRead()
      const page = this.attempt((database) => database.prepare(query).all(...values, place, size))
      for (const row of page) {
        const wait = timeToRead()
        if (wait !== undefined) await wait
        const value = this.attempt(() => parse(row, this.file))
        place = placeOf(value)
        yield value
      }
      if (page.length < size) return
    }
  }
}

type Parse<T> = (row: Row, file: string) => T

interface Page<T> {
  /** Most rows. */
  readonly size: number
  readonly parse: Parse<T>
  /** The next page begins after this. */
  readonly placeOf: (value: T) => number
}
