/** Recognises, checks and writes rows of each table. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { fromText } from '../json.ts'
import { parseJournal, parseOutbox, parseSnapshot } from '../sqlite/rows.ts'
import type { FoundRow } from './pages.ts'
import type { KeyedTable, Row } from './salvage.ts'

export type TableName = 'journal' | 'snapshot' | 'outbox' | 'aggregate' | 'record'

/** The columns of each table, those of its key first. */
export const COLUMNS: Readonly<Record<TableName, readonly string[]>> = {
  journal: [
    ...['position', 'aggregate', 'sequence', 'at', 'machine_version', 'outcome', 'input'],
    ...['error', 'origin', 'cause', 'made', 'first_outbox', 'last_outbox'],
  ],
  snapshot: ['number', 'aggregate', 'sequence', 'machine', 'machine_version', 'at', 'state'],
  outbox: ['number', 'lane', 'kind', 'payload'],
  aggregate: ['name', 'ended_at'],
  record: ['collection', 'key', 'value'],
}

export const KEYED: readonly KeyedTable[] = [
  { name: 'journal', key: 'position', columns: COLUMNS.journal },
  { name: 'snapshot', key: 'number', columns: COLUMNS.snapshot },
  { name: 'outbox', key: 'number', columns: COLUMNS.outbox },
]

/** Tables with text keys. Their keys cannot be tried one by one as numbers can. */
export const NAMED = ['aggregate', 'record'] as const

/** Turns a row found on a page into a row of `table`; `undefined` when it cannot be one. */
export function rowOf(table: TableName, { key, values }: FoundRow): Row | undefined {
  const columns = COLUMNS[table]
  const isKeyed = table !== 'aggregate' && table !== 'record'
  if (values.length !== columns.length || (key !== undefined) !== isKeyed) return undefined
  const row = Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]))
  return key === undefined ? row : { ...row, [columns[0] ?? '']: key }
}

/** @throws StoreError when the row is not whole. */
function check(table: TableName, row: Row): void {
  // A store never writes NUL characters. They come from zeros on the disk.
  if (Object.values(row).some((value) => typeof value === 'string' && value.includes('\0'))) {
    throw new RangeError('overwritten')
  }
  const camel = {
    machineVersion: row.machine_version,
    firstOutbox: row.first_outbox,
    lastOutbox: row.last_outbox,
  }
  switch (table) {
    case 'journal':
      return void parseJournal({ ...row, ...camel }, '')
    case 'snapshot':
      return void parseSnapshot({ ...row, ...camel }, '')
    case 'outbox':
      return void parseOutbox(row, '')
    case 'aggregate':
      return assertName(row.name)
    case 'record':
      assertName(row.collection)
      assertName(row.key)
      return void fromText(String(row.value), '')
  }
}

function assertName(value: SQLInputValue | undefined): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) throw new RangeError('not a name')
}

/**
 * Writes rows into the tables of a new data file. Rows that are not whole, or whose key exists already, are skipped.
 */
export class Writer {
  readonly #statements: Readonly<Record<TableName, StatementSync>>

  constructor(database: DatabaseSync) {
    const prepare = (table: TableName) => {
      const columns = COLUMNS[table]
      const values = columns.map(() => '?').join(', ')
      return database.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${values})`)
    }
    this.#statements = {
      journal: prepare('journal'),
      snapshot: prepare('snapshot'),
      outbox: prepare('outbox'),
      aggregate: prepare('aggregate'),
      record: prepare('record'),
    }
  }

  /** Returns whether the row was written. */
  write(table: TableName, row: Row): boolean {
    try {
      check(table, row)
      const values = COLUMNS[table].map((column) => row[column] ?? null)
      return Number(this.#statements[table].run(...values).changes) > 0
    } catch {
      return false
    }
  }
}
