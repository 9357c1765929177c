/** The tables of a store, as both forms have them. */
import { z } from 'zod'
import { COLUMNS, type TableName } from '../rescue/tables.ts'

export type { TableName } from '../rescue/tables.ts'

export type Value = string | number | null

/** The values of a row in the order of the columns. JSON is plain text. */
export type Row = readonly Value[]

export interface Table {
  readonly name: TableName
  readonly columns: readonly string[]
  /** The first columns are the key: so many. */
  readonly keys: 1 | 2
}

/** Each after those that it refers to. */
export const TABLES: readonly Table[] = [
  { name: 'aggregate', columns: COLUMNS.aggregate, keys: 1 },
  { name: 'journal', columns: COLUMNS.journal, keys: 1 },
  { name: 'snapshot', columns: COLUMNS.snapshot, keys: 1 },
  { name: 'outbox', columns: COLUMNS.outbox, keys: 1 },
  { name: 'record', columns: COLUMNS.record, keys: 2 },
]

export const orderOf = ({ columns, keys }: Table): string => columns.slice(0, keys).join(', ')

/** A value of any of the tables. */
export const value = z.union([z.string(), z.number(), z.null()])
