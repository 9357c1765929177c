/** Reads the history of a PostgreSQL store, a page at a time. Nothing is held open between two pages. */
import type { History, JournalRow, KeptAggregate, OutboxRow, SnapshotRow } from '../../engine/ports.ts'
import { parseJournal, parseKept, parseOutbox, parseSnapshot } from '../sqlite/rows.ts'
import type { Connection, Parameter, Row } from './driver.ts'
import { JOURNAL_COLUMNS, KEPT_COLUMNS, OUTBOX_COLUMNS, SNAPSHOT_COLUMNS, type StoredEnds } from './rows.ts'

/** Rows of one page. */
const PAGE = 256

const IS_SHOWN = `(
  EXISTS (SELECT FROM journal WHERE aggregate = named.name AND position <= $1)
  OR EXISTS (SELECT FROM snapshot WHERE aggregate = named.name AND position <= $1))`

/** `$1` is the last position that is shown, and `$2` where the page begins. */
const SELECT = {
  aggregates: `
    SELECT ${KEPT_COLUMNS} FROM aggregate AS named WHERE ${IS_SHOWN} AND named.name > $2
    ORDER BY named.name LIMIT ${PAGE}`,
  aggregate: `SELECT ${KEPT_COLUMNS} FROM aggregate AS named WHERE ${IS_SHOWN} AND named.name = $2`,
  snapshot: `
    SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE position <= $1 AND aggregate = $2 AND at <= $3
    ORDER BY sequence DESC LIMIT 1`,
  snapshots: `
    SELECT ${SNAPSHOT_COLUMNS} FROM snapshot WHERE position <= $1 AND sequence > $2 AND aggregate = $3
    ORDER BY sequence LIMIT ${PAGE}`,
  rows: `
    SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position <= $1 AND sequence > $2 AND aggregate = $3
    ORDER BY sequence LIMIT ${PAGE}`,
  row: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position <= $1 AND position = $2`,
  causedBy: `
    SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position <= $1 AND position > $2 AND cause = $3
    ORDER BY position LIMIT ${PAGE}`,
  madeBy: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position <= $1 AND made = $2 ORDER BY position LIMIT 1`,
  all: `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE position <= $1 AND position > $2 ORDER BY position LIMIT ${PAGE}`,
  outbox: `SELECT ${OUTBOX_COLUMNS} FROM outbox WHERE number <= $1 AND number > $2 ORDER BY number LIMIT ${PAGE}`,
} as const

export interface HistoryParts {
  /** The address, for messages. */
  readonly shown: string
  /** What is shown. Throws when the store is closed. */
  ends(): StoredEnds
  read<T>(work: (connection: Connection) => Promise<T>): Promise<T>
}

type Parse<T> = (row: Row, shown: string) => T

export class PostgresHistory implements History {
  readonly #parts: HistoryParts

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  get storeId(): string {
    return this.#parts.ends().history
  }

  get lastPosition(): number {
    return this.#parts.ends().lastPosition
  }

  get lastOutboxNumber(): number {
    return this.#parts.ends().lastOutboxNumber
  }

  async aggregates(): Promise<readonly KeptAggregate[]> {
    return collected(this.#pages(SELECT.aggregates, parseKept, '', ({ name }) => name))
  }

  async aggregate(name: string): Promise<KeptAggregate | undefined> {
    return this.#first(SELECT.aggregate, parseKept, name)
  }

  async snapshot(aggregate: string, time: number): Promise<SnapshotRow | undefined> {
    return this.#first(SELECT.snapshot, parseSnapshot, aggregate, wholeTime(time))
  }

  snapshots(aggregate: string): AsyncIterable<SnapshotRow> {
    return this.#pages(SELECT.snapshots, parseSnapshot, -1, ({ sequence }) => sequence, aggregate)
  }

  rows(aggregate: string, sequence: number): AsyncIterable<JournalRow> {
    return this.#pages(SELECT.rows, parseJournal, sequence, (row) => row.sequence, aggregate)
  }

  async row(position: number): Promise<JournalRow | undefined> {
    return this.#first(SELECT.row, parseJournal, position)
  }

  async causedBy(position: number): Promise<readonly JournalRow[]> {
    return collected(this.#pages(SELECT.causedBy, parseJournal, position, (row) => row.position, position))
  }

  async madeBy(id: string): Promise<JournalRow | undefined> {
    return this.#first(SELECT.madeBy, parseJournal, id)
  }

  all(position: number): AsyncIterable<JournalRow> {
    return this.#pages(SELECT.all, parseJournal, position, (row) => row.position)
  }

  async outbox(): Promise<readonly OutboxRow[]> {
    const last = () => this.#parts.ends().lastOutboxNumber
    return collected(this.#pages(SELECT.outbox, parseOutbox, 0, ({ number }) => number, undefined, last))
  }

  async #first<T>(statement: string, parse: Parse<T>, ...parameters: Parameter[]): Promise<T | undefined> {
    const { ends, read, shown } = this.#parts
    const { lastPosition } = ends()
    const [row] = await read((connection) => connection.query(statement, [lastPosition, ...parameters]))
    return row === undefined ? undefined : parse(row, shown)
  }

  /** Each page begins after the last row of the page before. */
  async *#pages<T>(
    statement: string,
    parse: Parse<T>,
    from: string | number,
    keyOf: (row: T) => string | number,
    parameter?: string | number,
    last: () => number = () => this.#parts.ends().lastPosition,
  ): AsyncGenerator<T, void> {
    const { read, shown } = this.#parts
    let after = from
    for (;;) {
      const parameters = [last(), after, ...(parameter === undefined ? [] : [parameter])]
      const page = await read((connection) => connection.query(statement, parameters))
      for (const row of page) {
        const value = parse(row, shown)
        after = keyOf(value)
        yield value
      }
      if (page.length < PAGE) return
    }
  }
}

/** A time as PostgreSQL takes it. `Infinity`, which asks for the newest, is later than all. */
const wholeTime = (time: number): number =>
  Math.min(Math.max(Math.floor(time), -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)

async function collected<T>(rows: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}
