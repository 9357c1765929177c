/** Every row of a table that can be read, whatever lies between them. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { z } from 'zod'

export type Row = Readonly<Record<string, SQLInputValue>>

/** A table with a key of whole numbers from 1 on. */
export interface KeyedTable {
  readonly name: 'journal' | 'snapshot' | 'outbox'
  readonly key: 'position' | 'number'
  readonly columns: readonly string[]
}

/** Keys from one to another, both included, whose rows cannot be read, as far as there were any. */
export interface Hole {
  readonly from: number
  /** `Infinity`: nothing behind `from` can be read. */
  readonly to: number
}

/** Beyond every key. */
const END = 2 ** 52
/** Keys in a hole that are tried one by one. */
const TRIED_MOST = 50_000

const keyRow = z.object({ key: z.number() })

/** Hands out the readable rows in order of their keys; returns the holes. */
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
    // A page that cannot be read hides some rows, and a row that cannot be read only itself.
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

/** In a damaged tree keys may come that are behind already: nothing goes round in circles for them. */
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

/** The first key from `at` on that can be found, by ever longer steps. */
function nextReadable(statement: StatementSync, at: number): number | undefined {
  for (let step = 0; at + step < END; step = step * 2 + 1) {
    try {
      const row = statement.get(at + step)
      if (row === undefined) return undefined
      const { key } = keyRow.parse(row)
      if (key >= at + step) return key
    } catch {
      // Still within what is damaged.
    }
  }
  return undefined
}
