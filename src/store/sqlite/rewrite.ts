/** New content for old rows of a data file. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Json, RewritePlace, Rewriting } from '../../engine/ports.ts'
import { toText } from '../json.ts'
import { firstPlace, nextPlace, PIECE } from '../rewriting.ts'
import { JOURNAL_COLUMNS, OUTBOX_COLUMNS, parseJournal, parseOutbox, parseSnapshot, SNAPSHOT_COLUMNS } from './rows.ts'

type Row = Readonly<Record<string, unknown>>

/** How a table is read, by its integer key, and written. */
interface Plan {
  readonly select: string
  readonly update: string
  /** Content of a row, and what is to stand there instead. */
  contents(row: Row, file: string, rewriting: Rewriting): readonly [Json, Json]
}

const PLANS: Readonly<Record<RewritePlace['table'], Plan>> = {
  journal: {
    select: `SELECT position AS key, ${JOURNAL_COLUMNS} FROM journal WHERE position > ? ORDER BY position LIMIT ?`,
    update: 'UPDATE journal SET input = ? WHERE position = ?',
    contents: (row, file, rewriting) => {
      const parsed = parseJournal(row, file)
      return [parsed.input, rewriting.input(parsed)]
    },
  },
  snapshot: {
    select: `SELECT number AS key, ${SNAPSHOT_COLUMNS} FROM snapshot WHERE number > ? ORDER BY number LIMIT ?`,
    update: 'UPDATE snapshot SET state = ? WHERE number = ?',
    contents: (row, file, rewriting) => {
      const parsed = parseSnapshot(row, file)
      return [parsed.state, rewriting.state(parsed)]
    },
  },
  outbox: {
    select: `SELECT number AS key, ${OUTBOX_COLUMNS} FROM outbox WHERE number > ? ORDER BY number LIMIT ?`,
    update: 'UPDATE outbox SET payload = ? WHERE number = ?',
    contents: (row, file, rewriting) => {
      const parsed = parseOutbox(row, file)
      return [parsed.payload, rewriting.payload(parsed)]
    },
  },
}

const keyed = z.object({ key: z.number() })
const totalRow = z.object({ total: z.number() })

const COUNT = `
  SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM outbox) AS total`

/** One piece, in a transaction of the caller. */
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
    write.run(toText(after, `${place.table} ${key}`), key)
    changed += 1
  }
  return nextPlace(place, keys, changed)
}
