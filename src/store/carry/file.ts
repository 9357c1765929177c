/** A data file as the source or the target. */
import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import type { StoredEnds } from '../postgres/rows.ts'
import { syncPath } from '../sqlite/backup.ts'
import { damaged, damageOf } from '../sqlite/damage.ts'
import { toStoreError } from '../sqlite/errors.ts'
import { refuseForeign } from '../sqlite/header.ts'
import { lockFile } from '../sqlite/lock.ts'
import { DatabaseSync } from '../sqlite/module.ts'
import { packed, unpacked } from '../sqlite/packed.ts'
import { openReader } from '../sqlite/reader.ts'
import { readEnds } from '../sqlite/rows.ts'
import { prepareSchema } from '../sqlite/schema.ts'
import type { Source, Target } from './copy.ts'
import { orderOf, type Row, type Table, type Value, value } from './tables.ts'

/** A page ends after so many rows, or so many characters. */
const ROWS = 256
const CHARACTERS = 1024 * 1024

/** Columns that a data file has packed. */
const PACKED = ['input', 'origin', 'state']

const rowOfFile = z.array(value)
const countRow = z.object({ value: z.number() })

/** A data file that no store has open. */
export interface FileSource extends Source {
  /** Checks the whole file. @throws StoreError `CORRUPT` */
  assertWhole(): void
}

/**
 * Runs `work` on a data file. No store can open it meanwhile. It is not changed.
 *
 * @throws StoreError `IN_USE`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`, `BEHIND`
 */
export async function fromFile<T>(file: string, work: (source: FileSource) => Promise<T>): Promise<T> {
  if (!existsSync(file)) throw new StoreError('NOT_A_STORE', `${file} does not exist`)
  const path = realpathSync(file)
  refuseForeign(path, file)
  const unlock = lockFile(path)
  let database: DatabaseSync | undefined
  try {
    const reader = openReader(file)
    database = reader
    const assertWhole = () => {
      const finding = damageOf(reader)
      if (finding !== undefined) throw damaged(file, finding)
    }
    return await work({ ...sourceOn(reader, file), assertWhole })
  } catch (error) {
    throw toStoreError(error, file, 'FAILED')
  } finally {
    database?.close()
    unlock()
  }
}

/**
 * Runs `work` on a new data file. It gets its name when `work` has ended, and the file is whole and on the disk. When
 * something fails, there is no file.
 *
 * @throws StoreError `FAILED` when the file exists or cannot be written; `CORRUPT` when what `work` wrote is not whole.
 */
export async function toFile<T>(file: string, from: string, work: (target: Target) => Promise<T>): Promise<T> {
  refuseExisting(file)
  const partial = join(dirname(file), `.${basename(file)}.${process.pid}.partial`)
  const remove = () => {
    for (const end of ['', '-journal']) rmSync(`${partial}${end}`, { force: true })
  }
  try {
    remove()
    makeOwnFile(partial)
    const result = await written(partial, file, from, work)
    syncPath(partial)
    refuseExisting(file)
    renameSync(partial, file)
    syncPath(dirname(file))
    return result
  } catch (error) {
    throw toStoreError(error, file, 'FAILED')
  } finally {
    remove()
  }
}

function refuseExisting(file: string): void {
  for (const end of ['', '-wal', '.commits'])
    if (existsSync(`${file}${end}`)) throw new StoreError('FAILED', `${file}${end} exists; name a new file`)
}

async function written<T>(
  partial: string,
  file: string,
  from: string,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const database = new DatabaseSync(partial)
  try {
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    prepareSchema(database, file)
    database.exec('BEGIN IMMEDIATE')
    const result = await work(targetOn(database, file))
    database.exec('COMMIT')
    const finding = damageOf(database)
    if (finding !== undefined) throw new StoreError('CORRUPT', `${from} is damaged (${finding}); nothing was kept`)
    return result
  } finally {
    database.close()
  }
}

function sourceOn(database: DatabaseSync, shown: string): Source {
  return {
    shown,
    async readEnds() {
      const { history, lastPosition, lastOutboxNumber } = readEnds(database, shown)
      return { history, lastPosition, lastOutboxNumber }
    },
    count: async ({ name }) => countRow.parse(database.prepare(`SELECT count(*) AS value FROM ${name}`).get()).value,
    pages: async function* (table) {
      yield* pagesOf(database, table)
    },
  }
}

function targetOn(database: DatabaseSync, shown: string): Target {
  return {
    ...sourceOn(database, shown),
    async write(table, rows) {
      const { name, columns } = table
      const values = columns.map(() => '?').join(', ')
      const insert = database.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${values})`)
      for (const row of rows) insert.run(...converted(table, row, packed))
    },
    async writeEnds({ history, lastPosition, lastOutboxNumber }: StoredEnds) {
      database
        .prepare('UPDATE store SET history = ?, last_position = ?, last_outbox_number = ?')
        .run(history, lastPosition, lastOutboxNumber)
    },
  }
}

function* pagesOf(database: DatabaseSync, table: Table): Generator<readonly Row[]> {
  const select = database.prepare(`SELECT ${table.columns.join(', ')} FROM ${table.name} ORDER BY ${orderOf(table)}`)
  select.setReturnArrays(true)
  let page: Row[] = []
  let characters = 0
  for (const given of select.iterate()) {
    const row = converted(table, rowOfFile.parse(given), unpacked)
    page.push(row)
    for (const each of row) if (typeof each === 'string') characters += each.length
    if (page.length < ROWS && characters < CHARACTERS) continue
    yield page
    page = []
    characters = 0
  }
  if (page.length > 0) yield page
}

/** The row with its packed columns converted. */
function converted({ columns }: Table, row: Row, convert: (text: string) => string): Value[] {
  return row.map((each, index) =>
    typeof each === 'string' && PACKED.includes(columns[index] ?? '') ? convert(each) : each,
  )
}
