/** Reads every readable row of a table and skips damaged parts. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { z } from 'zod'

export type Row = Readonly<Record<string, SQLInputValue>>

/** A table whose key is a whole number from 1 on. */
export interface KeyedTable {
  readonly name: 'journal' | 'snapshot' | 'outbox'
  readonly key: 'position' | 'number'
  readonly columns: readonly string[]
}

/** A range of keys, both ends included, whose rows cannot be read. Some of these keys may never have had a row. */
export interface Hole {
  readonly from: number
  /** `Infinity`: no row after `from` can be read. */
  readonly to: number
}

/** Greater than every key. */
const END = 2 ** 52
/** At most this many keys of a hole are tried one by one. */
const TRIED_MOST = 50_000

const keyRow = z.object({ key: z.number() })

/** Yields the readable rows in order of their keys. Returns the holes. */
export function* salvage(database: DatabaseSync, table: KeyedTable): Generator<Row, readonly Hole[], undefined> {
  const { name, key, columns } = table
  const from = `SELECT ${key} AS key, ${columns.join(', ')} FROM ${name} NOT INDEXED WHERE ${key}`
  const statements = {
    scan: `${from} >= ? ORDER BY ${key}`,
    one: `${from} = ?`,
    next: `SELECT ${key} AS key FROM ${name} NOT INDEXED WHERE ${key} >= ? ORDER BY ${key} LIMIT 1`,
  }
  const holes: Hole[] = []
  let at = 1
  for (;;) {
    const rows = database.prepare(statements.scan).iterate(at)
    const end = yield* untilDamage(rows, at, (last) => {
      at = last + 1
    })
    if (end === 'end') return holes
    const next = nextReadable(database.prepare(statements.next), at)
    const one = database.prepare(statements.one)
    // The scan stopped at an unreadable page or row. The keys before the next readable one are tried singly, because a
    // single damaged row does not hide the others.
    const last = next ?? at
    for (let key = Math.max(at, last - TRIED_MOST); key <= last; key += 1) {
      const row = readOne(one, key)
      if (row !== undefined) yield row
    }
    holes.push({ from: at, to: next ?? Number.POSITIVE_INFINITY })
    if (next === undefined) return holes
    at = next + 1
  }
}

/**
 * Yields rows up to the first damage. A key that is smaller than expected counts as damage, because a damaged tree can
 * lead back to earlier rows and so into an endless loop.
 */
function* untilDamage(
  rows: Iterator<unknown>,
  first: number,
  seen: (key: number) => void,
): Generator<Row, 'end' | 'damage', undefined> {
  let least = first
  try {
    for (let next = rows.next(); !next.done; next = rows.next()) {
      const row = asRow(next.value)
      const key = Number(row.key)
      if (!(key >= least)) return 'damage'
      yield row
      seen(key)
      least = key + 1
    }
    return 'end'
  } catch {
    return 'damage'
  } finally {
    rows.return?.()
  }
}

const asRow = (value: unknown): Row => rowSchema.parse(value)
const rowSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.bigint(), z.null(), z.instanceof(Uint8Array)]),
)

function readOne(statement: StatementSync, key: number): Row | undefined {
  try {
    const row = statement.get(key)
    return row === undefined ? undefined : asRow(row)
  } catch {
    return undefined
  }
}

/** The first readable key from `at` on. The steps become longer, so not every key is tried. */
function nextReadable(statement: StatementSync, at: number): number | undefined {
  for (let step = 0; at + step < END; step = step * 2 + 1) {
    try {
      const row = statement.get(at + step)
      if (row === undefined) return undefined
      const { key } = keyRow.parse(row)
      if (key >= at + step) return key
    } catch {
      // This key is still in the damaged part.
    }
  }
  return undefined
}
