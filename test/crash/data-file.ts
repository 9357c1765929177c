/**
 * Reads a data file with plain SQL, so that the check does not use the code that wrote the file. Only the pieces that
 * stand for frequent JSON are those of the product; `packed.test.ts` has them.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Json } from '../../src/engine/ports.ts'
import { unpacked } from '../../src/store/sqlite/packed.ts'
import { PATIENCE } from '../suite/patience.ts'

const json = z.string().transform((text): Json => JSON.parse(unpacked(text)))

/** Of it only the key of a command that may be sent again. */
const origin = json.pipe(z.object({ once: z.object({ key: z.string() }).optional() }))

export const journalRow = z.object({
  position: z.number(),
  aggregate: z.string(),
  sequence: z.number(),
  at: z.number(),
  machine_version: z.number(),
  outcome: z.enum(['applied', 'failed']),
  input: json,
  origin: origin.nullable().default(null),
  error: z.string().nullable().default(null),
  first_outbox: z.number().nullable().default(null),
  last_outbox: z.number().nullable().default(null),
})
export const snapshotRow = z.object({
  aggregate: z.string(),
  sequence: z.number(),
  state: z.string().transform(unpacked),
})
export const outboxRow = z.object({ number: z.number(), lane: z.string(), payload: json })
export const recordRow = z.object({ collection: z.string(), key: z.string(), value: json })
export const storeRow = z.object({ history: z.string(), last_outbox_number: z.number() })

export type FileJournalRow = z.output<typeof journalRow>
export type FileOutboxRow = z.output<typeof outboxRow>
export type FileRecord = z.output<typeof recordRow>

/** The content of a file at one moment; of the journal only the rows after a position. */
export interface FileContent {
  readonly storeId: string
  readonly lastOutboxNumber: number
  readonly journal: readonly FileJournalRow[]
  readonly snapshots: readonly z.output<typeof snapshotRow>[]
  readonly outbox: readonly FileOutboxRow[]
  readonly records: readonly FileRecord[]
}

/** Reads the file while a server may use it, and writes nothing. */
export function readDataFile(file: string, behind: number): FileContent {
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE })
  try {
    database.exec('BEGIN')
    const rows = <T>(schema: z.ZodType<T>, query: string, ...values: number[]): readonly T[] =>
      z.array(schema).parse(database.prepare(query).all(...values))
    const [store] = rows(storeRow, 'SELECT * FROM store')
    if (!store) throw new Error(`${file} has no store row`)
    return {
      storeId: store.history,
      lastOutboxNumber: store.last_outbox_number,
      journal: rows(journalRow, 'SELECT * FROM journal WHERE position > ? ORDER BY position', behind),
      snapshots: rows(snapshotRow, 'SELECT * FROM snapshot'),
      outbox: rows(outboxRow, 'SELECT * FROM outbox ORDER BY number'),
      records: rows(recordRow, 'SELECT * FROM record ORDER BY collection, key'),
    }
  } finally {
    database.close()
  }
}

/**
 * Reads what a killed process left. Reads a copy, because the next process has to find the file, its log and its index
 * exactly as they were. `undefined` when the process was killed before it had made the tables.
 */
export function readAfterKill(file: string, behind: number): FileContent | undefined {
  const copy = `${file}.copy`
  if (!existsSync(file)) return undefined
  for (const suffix of ['', '-wal']) {
    rmSync(copy + suffix, { force: true })
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
  }
  rmSync(`${copy}-shm`, { force: true })
  return hasTables(copy) ? readDataFile(copy, behind) : undefined
}

function hasTables(file: string): boolean {
  // Not read-only, because SQLite has to recover the log of this copy.
  const database = new DatabaseSync(file)
  try {
    return database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'record'`).get() !== undefined
  } finally {
    database.close()
  }
}
