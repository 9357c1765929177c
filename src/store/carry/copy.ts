/** Copies all rows from one store to another, a page at a time, and compares both at the end. */
import { createHash } from 'node:crypto'
import { contained } from '../../engine/contained.ts'
import { StoreError } from '../errors.ts'
import type { StoredEnds } from '../postgres/rows.ts'
import { type Row, TABLES, type Table, type TableName } from './tables.ts'

/** A store that is read as it was at one moment. */
export interface Source {
  /** Its name in messages: the file, or the address without the password. */
  readonly shown: string
  readEnds(): Promise<StoredEnds>
  count(table: Table): Promise<number>
  /** All rows in the order of the key, in pages that are small enough for the memory. */
  pages(table: Table): AsyncIterable<readonly Row[]>
}

/** A new store. It can be read before it is finished. */
export interface Target extends Source {
  write(table: Table, rows: readonly Row[]): Promise<void>
  /** Writes the id of the history and the last numbers. To be called after all rows. */
  writeEnds(ends: StoredEnds): Promise<void>
}

/** What was carried. Both stores had it at the end. */
export interface Carried {
  /** The id of the history. */
  readonly history: string
  /** Numbers continue after these, even if the rows are no longer there. */
  readonly lastPosition: number
  readonly lastOutboxNumber: number
  /** Number of rows, by table. */
  readonly rows: Readonly<Record<TableName, number>>
}

export interface CarryOptions {
  /** The schema of the store in PostgreSQL. Default: `mrdian`. */
  readonly schema?: string | undefined
  /** Called after each page; `what` names the unit of the two numbers. */
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined
}

/** @throws StoreError `FAILED` when the target does not have what the source has. The caller keeps nothing of it then. */
export async function copy(source: Source, target: Target, { onProgress }: CarryOptions): Promise<Carried> {
  const ends = await source.readEnds()
  let total = 0
  for (const table of TABLES) total += await source.count(table)
  let [done, compared] = [0, 0]
  const given = await digestsOf(source, async (table, page) => {
    await target.write(table, page)
    done += page.length
    contained(() => onProgress?.(done, total, 'rows carried'))
  })
  await target.writeEnds(ends)
  const found = await digestsOf(target, async (_, page) => {
    compared += page.length
    contained(() => onProgress?.(compared, total, 'rows compared'))
  })
  const written = await target.readEnds()
  const differing = TABLES.find(({ name }) => given[name].digest !== found[name].digest)
  if (differing !== undefined) throw different(source, target, `rows of ${differing.name}`)
  if (JSON.stringify(written) !== JSON.stringify(ends)) throw different(source, target, 'last numbers')
  const rows = { ...zero }
  for (const { name } of TABLES) rows[name] = given[name].rows
  return { ...ends, rows }
}

const zero: Record<TableName, number> = { aggregate: 0, journal: 0, snapshot: 0, outbox: 0, record: 0 }

function different(source: Source, target: Target, what: string): StoreError {
  return new StoreError('FAILED', `${target.shown} did not get the same ${what} as ${source.shown}; nothing was kept`)
}

interface Digest {
  readonly rows: number
  readonly digest: string
}

/** Reads everything once. Returns a hash of each table. */
async function digestsOf(
  source: Source,
  each: (table: Table, page: readonly Row[]) => Promise<void>,
): Promise<Readonly<Record<TableName, Digest>>> {
  const digestOf = async (table: Table): Promise<Digest> => {
    const hash = createHash('sha256')
    let rows = 0
    for await (const page of source.pages(table)) {
      for (const row of page) hash.update(`${JSON.stringify(row)}\n`)
      rows += page.length
      await each(table, page)
    }
    return { rows, digest: hash.digest('hex') }
  }
  const none: Digest = { rows: 0, digest: '' }
  const digests: Record<TableName, Digest> = {
    aggregate: none,
    journal: none,
    snapshot: none,
    outbox: none,
    record: none,
  }
  for (const table of TABLES) digests[table.name] = await digestOf(table)
  return digests
}
