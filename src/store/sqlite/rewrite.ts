/** `rewrite` of a data file. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Json, RewritePlace, Rewriting } from '../../engine/ports.ts'
import { toText } from '../json.ts'
import { firstPlace, nextPlace, PIECE } from '../rewriting.ts'
import { packed } from './packed.ts'
import { JOURNAL_COLUMNS, OUTBOX_COLUMNS, parseJournal, parseOutbox, parseSnapshot, SNAPSHOT_COLUMNS } from './rows.ts'

type Row = Readonly<Record<string, unknown>>

/** How a table is read in order of its integer key, and updated. */
interface Plan {
  readonly select: string
  readonly update: string
  /** Content of a row before and after. */
  contents(row: Row, file: string, rewriting: Rewriting): readonly [Json, Json]
}

interface Table<R> {
  readonly name: string
  /** The integer key. */
  readonly key: string
  /** The column whose content is replaced. */
  readonly column: string
  readonly columns: string
  readonly parse: (row: Row, file: string) => R
  /** Content of a row before and after. */
  readonly contents: (row: R, rewriting: Rewriting) => readonly [Json, Json]
}

function planOf<R>({ name, key, column, columns, parse, contents }: Table<R>): Plan {
  return {
    select: `SELECT ${key} AS key, ${columns} FROM ${name} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`,
    update: `UPDATE ${name} SET ${column} = ? WHERE ${key} = ?`,
    contents: (row, file, rewriting) => contents(parse(row, file), rewriting),
  }
}

const PLANS: Readonly<Record<RewritePlace['table'], Plan>> = {
  journal: planOf({
    ...{ name: 'journal', key: 'position', column: 'input', columns: JOURNAL_COLUMNS, parse: parseJournal },
    contents: (row, rewriting) => [row.input, rewriting.input(row)],
  }),
  snapshot: planOf({
    ...{ name: 'snapshot', key: 'number', column: 'state', columns: SNAPSHOT_COLUMNS, parse: parseSnapshot },
    contents: (row, rewriting) => [row.state, rewriting.state(row)],
  }),
  outbox: planOf({
    ...{ name: 'outbox', key: 'number', column: 'payload', columns: OUTBOX_COLUMNS, parse: parseOutbox },
    contents: (row, rewriting) => [row.payload, rewriting.payload(row)],
  }),
}

const keyed = z.object({ key: z.number() })
const totalRow = z.object({ total: z.number() })

const COUNT = `
  SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM outbox) AS total`

/** Rewrites one piece, in a transaction of the caller. Returns the next place; `null` at the end. */
export function rewritePiece(
  database: DatabaseSync,
  file: string,
  rewriting: Rewriting,
  from: RewritePlace | null,
): RewritePlace | null {
  const place = from ?? firstPlace(totalRow.parse(database.prepare(COUNT).get()).total)
  const { select, update, contents } = PLANS[place.table]
  const write = database.prepare(update)
  const keys: number[] = []
  let changed = 0
  for (const row of database.prepare(select).all(place.after, PIECE)) {
    const { key } = keyed.parse(row)
    keys.push(key)
    const [before, after] = contents(row, file, rewriting)
    if (after === before) continue
    const text = toText(after, `${place.table} ${key}`)
    write.run(place.table === 'outbox' ? text : packed(text), key)
    changed += 1
  }
  return nextPlace(place, keys, changed)
}
