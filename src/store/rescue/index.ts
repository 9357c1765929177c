/** Copies the readable rows of a damaged data file into a new, usable one. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join as joinPath, resolve } from 'node:path'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { makeOwnFile } from '../owner-only.ts'
import { syncPath } from '../sqlite/backup.ts'
import { damageOf } from '../sqlite/damage.ts'
import { toStoreError } from '../sqlite/errors.ts'
import { lockFile } from '../sqlite/lock.ts'
import { DatabaseSync } from '../sqlite/module.ts'
import { type Reached, readReached } from '../sqlite/reached.ts'
import { readEnds } from '../sqlite/rows.ts'
import { prepareSchema, readPragma, SCHEMA_VERSION } from '../sqlite/schema.ts'
import { inTransaction } from '../sqlite/transaction.ts'
import { type Joined, join, type MissingInput } from './joining.ts'
import { foundRows } from './pages.ts'
import { type Hole, type Row, salvage } from './salvage.ts'
import { openSource, type Source } from './source.ts'
import { KEYED, NAMED, rowOf, type TableName, Writer } from './tables.ts'

export type { Unjoined } from './joining.ts'
export type { Hole } from './salvage.ts'
export type { TableName } from './tables.ts'

/** Result of a rescue for one table. */
export interface RescuedTable {
  readonly name: TableName
  /** Rows that were read and are whole. */
  readonly rows: number
  /** How many of these were found by the search of all pages, because the B-tree no longer leads to them. */
  readonly found: number
  /** Ranges of keys whose rows cannot be read. Some of these keys may never have had a row. */
  readonly holes: readonly Hole[]
  /** Rows that were found but are not whole. */
  readonly broken: number
  /** It cannot be known whether more rows are missing. */
  readonly isUncertain: boolean
}

export interface RescueReport extends Joined {
  readonly tables: readonly RescuedTable[]
  readonly missing: readonly MissingInput[]
  /** Problems of the whole file, in sentences. */
  readonly notes: readonly string[]
  /** Number of rows in the target, by table. */
  readonly kept: Readonly<Record<TableName, number>>
  /** Whether no row and no input is missing. */
  readonly isComplete: boolean
}

export interface RescueOptions {
  /** Called with the progress of the current step; `what` names the unit of the two numbers. */
  readonly onProgress?: (done: number, total: number, what: string) => void
}

/**
 * Reads all readable rows of `file` and writes them into `target`, a new data file that can be opened as a store.
 * `target` appears when it is complete and synced. The damaged file itself is not changed. The directory of the target
 * needs free space of twice the size of the file.
 *
 * @throws StoreError `IN_USE` while a server uses the file, `NOT_A_STORE` when there is none, `UNKNOWN_VERSION`,
 * `FAILED` when the target exists or cannot be written.
 */
export function rescue(file: string, target: string, options: RescueOptions = {}): RescueReport {
  if (!existsSync(file)) throw new StoreError('NOT_A_STORE', `${file} does not exist`)
  for (const end of ['', '-wal', '.commits'])
    if (existsSync(`${target}${end}`)) throw new StoreError('FAILED', `${target}${end} exists`)
  const unlock = lockFile(resolve(file))
  const beside = joinPath(dirname(target), `.${basename(target)}.${process.pid}`)
  const partial = `${beside}.partial`
  let source: Source | undefined
  try {
    const { onProgress = () => undefined } = options
    source = openSource(file, `${beside}.source`, (done, total) => onProgress(done, total, 'bytes copied'))
    refuseOtherVersion(source, file)
    const report = copied(source, partial, readReached(resolve(file)), onProgress)
    syncPath(partial)
    renameSync(partial, target)
    syncPath(dirname(target))
    return report
  } catch (error) {
    throw toStoreError(error, target, 'FAILED')
  } finally {
    source?.close()
    for (const end of ['', '-journal']) rmSync(`${partial}${end}`, { force: true })
    unlock()
  }
}

function refuseOtherVersion({ database }: Source, file: string): void {
  const version = Number(readPragma(database, 'user_version'))
  if (version === SCHEMA_VERSION) return
  throw new StoreError(
    'UNKNOWN_VERSION',
    `${file} has schema version ${version}; only ${SCHEMA_VERSION} can be rescued`,
  )
}

type OnProgress = NonNullable<RescueOptions['onProgress']>

function copied(source: Source, partial: string, noted: Reached | undefined, onProgress: OnProgress): RescueReport {
  rmSync(partial, { force: true })
  makeOwnFile(partial)
  const database = new DatabaseSync(partial, { enableForeignKeyConstraints: false })
  try {
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    prepareSchema(database, partial)
    return inTransaction(database, () => {
      const tables = copyTables(source, database, onProgress)
      database.exec(`
        INSERT OR IGNORE INTO aggregate (name) SELECT aggregate FROM journal UNION SELECT aggregate FROM snapshot`)
      const missing = missingInputs(source.database, database, tables)
      const ends = writeEnds(source.database, database, noted)
      const joined = join(database, missing)
      const finding = damageOf(database)
      if (finding !== undefined) throw new StoreError('CORRUPT', `what was saved does not fit together: ${finding}`)
      const notes = [...source.notes, ...ends]
      const isWhole = tables.every(({ holes, broken, isUncertain }) => holes.length + broken === 0 && !isUncertain)
      const isComplete = isWhole && notes.length + missing.length + joined.unjoined.length === 0
      return { ...joined, tables, missing, notes, kept: countsOf(database), isComplete }
    })
  } finally {
    database.close()
  }
}

/**
 * Copies the rows that the B-tree of each table leads to. Then, if rows are missing, it searches all pages for them.
 */
function copyTables(source: Source, database: DatabaseSync, onProgress: OnProgress): readonly RescuedTable[] {
  const writer = new Writer(database)
  const keyed = KEYED.map((table) => {
    let [rows, broken] = [0, 0]
    const total = noteTotal(source.database, table.name)
    const reading = salvage(source.database, table)
    for (;;) {
      const next = reading.next()
      if (next.done) return { name: table.name, rows, broken, holes: next.value, isUncertain: false }
      if (writer.write(table.name, next.value)) rows += 1
      else broken += 1
      onProgress(rows, total, `rows of ${table.name}`)
    }
  })
  const named = NAMED.map((name) => {
    const { rows, isWhole } = readBothWays(source.database, name)
    const written = rows.filter((row) => writer.write(name, row)).length
    return { name, rows: written, broken: rows.length - written, holes: [], isUncertain: !isWhole }
  })
  const tables = [...keyed, ...named]
  const lacking = tables.filter(({ holes, broken, isUncertain }) => holes.length + broken > 0 || isUncertain)
  const found = lacking.length === 0 ? new Map<TableName, number>() : searchPages(source, writer, lacking, onProgress)
  return tables.map((table) => {
    const more = found.get(table.name) ?? 0
    return { ...table, rows: table.rows + more, found: more }
  })
}

type Lacking = Pick<RescuedTable, 'name' | 'holes'>

function searchPages(
  { path }: Source,
  writer: Writer,
  tables: readonly Lacking[],
  onProgress: OnProgress,
): ReadonlyMap<TableName, number> {
  const found = new Map<TableName, number>()
  const rows = foundRows(path, (page, pages) => onProgress(page, pages, 'pages searched'))
  for (const given of rows) {
    for (const { name, holes } of tables) {
      const row = rowOf(name, given)
      const { key } = given
      const isWanted = key === undefined || holes.some(({ from, to }) => key >= from && key <= to)
      if (row !== undefined && isWanted && writer.write(name, row)) found.set(name, (found.get(name) ?? 0) + 1)
    }
  }
  return found
}

const countRow = z.object({ value: z.number() })
const count = (database: DatabaseSync, table: TableName) =>
  countRow.parse(database.prepare(`SELECT count(*) AS value FROM ${table}`).get()).value

/** The approximate number of rows, for the progress only. */
function noteTotal(database: DatabaseSync, table: TableName): number {
  try {
    return count(database, table)
  } catch {
    return 0
  }
}

const named = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

/** Reads a table without a numeric key from the beginning, and after an error also from the end, as far as possible. */
function readBothWays(
  database: DatabaseSync,
  table: (typeof NAMED)[number],
): { readonly rows: readonly Row[]; readonly isWhole: boolean } {
  const key = table === 'aggregate' ? ['name'] : ['collection', 'key']
  const rows = new Map<string, Row>()
  for (const direction of ['ASC', 'DESC']) {
    const order = key.map((column) => `${column} ${direction}`).join(', ')
    try {
      for (const given of database.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) {
        const row = named.parse(given)
        rows.set(JSON.stringify(key.map((column) => row[column])), row)
      }
      return { rows: [...rows.values()], isWhole: true }
    } catch {
      // Try the other direction.
    }
  }
  return { rows: [...rows.values()], isWhole: false }
}

const inputRow = z.object({ aggregate: z.string(), sequence: z.number(), position: z.number() })

/** Journal rows that the table has lost, found in the index of the journal. */
function missingInputs(
  from: DatabaseSync,
  saved: DatabaseSync,
  tables: readonly RescuedTable[],
): readonly MissingInput[] {
  const journal = tables.find(({ name }) => name === 'journal')
  if (journal === undefined || (journal.holes.length === 0 && journal.broken === 0)) return []
  const missing = new Map<number, MissingInput>()
  const isSaved = saved.prepare('SELECT 1 AS yes FROM journal WHERE position = ?')
  for (const direction of ['ASC', 'DESC']) {
    const query = `
      SELECT aggregate, sequence, position FROM journal INDEXED BY sqlite_autoindex_journal_1
      ORDER BY aggregate ${direction}, sequence ${direction}`
    try {
      for (const given of from.prepare(query).iterate()) {
        const row = inputRow.parse(given)
        if (isSaved.get(row.position) === undefined) missing.set(row.position, row)
      }
      break
    } catch {
      // Try the other direction.
    }
  }
  return [...missing.values()].sort((a, b) => a.position - b.position)
}

/**
 * Writes the `store` row. Numbering continues after the highest number that was ever given, so that no number is used
 * twice. Returns notes for the report.
 */
function writeEnds(from: DatabaseSync, saved: DatabaseSync, noted: Reached | undefined): readonly string[] {
  const own = readEnds(saved, 'the target')
  const notes: string[] = []
  let known: Reached | undefined = noted
  try {
    known = readEnds(from, 'the file')
  } catch {
    if (noted === undefined) notes.push('the id of the history is lost; a new one is used')
  }
  const isSame = noted !== undefined && noted.history === known?.history
  const last = (of: (each: Reached) => number) =>
    Math.max(...[own, known, ...(isSame ? [noted] : [])].map((each) => (each ? of(each) : 0)))
  const outbox = z
    .object({ value: z.number().nullable() })
    .parse(
      saved
        .prepare(
          'SELECT max(max(coalesce(last_outbox, 0)), (SELECT coalesce(max(number), 0) FROM outbox)) AS value FROM journal',
        )
        .get(),
    )
  const lastPosition = last((each) => each.lastPosition)
  if (isSame && known !== undefined && noted.lastPosition > known.lastPosition) {
    notes.push(`inputs ${known.lastPosition + 1} to ${noted.lastPosition} were confirmed and are not in the file`)
  }
  saved.prepare('UPDATE store SET history = ?, last_position = ?, last_outbox_number = ?, times_opened = ?').run(
    known?.history ?? own.history,
    lastPosition,
    Math.max(
      last((each) => each.lastOutboxNumber),
      outbox.value ?? 0,
    ),
    last((each) => each.turn),
  )
  return notes
}

function countsOf(database: DatabaseSync): RescueReport['kept'] {
  return {
    journal: count(database, 'journal'),
    snapshot: count(database, 'snapshot'),
    outbox: count(database, 'outbox'),
    aggregate: count(database, 'aggregate'),
    record: count(database, 'record'),
  }
}
