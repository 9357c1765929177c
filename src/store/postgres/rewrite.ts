/** `rewrite` of a PostgreSQL store. */
import { z } from 'zod'
import type { Json, RewritePlace, Rewriting } from '../../engine/ports.ts'
import { toText } from '../json.ts'
import { firstPlace, nextPlace, PIECE } from '../rewriting.ts'
import { parseJournal, parseOutbox, parseSnapshot } from '../sqlite/rows.ts'
import type { Connection, Row } from './driver.ts'
import { JOURNAL_COLUMNS, OUTBOX_COLUMNS, SNAPSHOT_COLUMNS } from './rows.ts'

/** How a table is read in order of its key, and updated. */
interface Plan {
  readonly key: string
  readonly column: string
  readonly columns: string
  /** Content of a row before and after. */
  contents(row: Row, shown: string, rewriting: Rewriting): readonly [Json, Json]
}

const PLANS: Readonly<Record<RewritePlace['table'], Plan>> = {
  journal: {
    ...{ key: 'position', column: 'input', columns: JOURNAL_COLUMNS },
    contents: (stored, shown, rewriting) => {
      const row = parseJournal(stored, shown)
      return [row.input, rewriting.input(row)]
    },
  },
  snapshot: {
    ...{ key: 'number', column: 'state', columns: SNAPSHOT_COLUMNS },
    contents: (stored, shown, rewriting) => {
      const row = parseSnapshot(stored, shown)
      return [row.state, rewriting.state(row)]
    },
  },
  outbox: {
    ...{ key: 'number', column: 'payload', columns: OUTBOX_COLUMNS },
    contents: (stored, shown, rewriting) => {
      const row = parseOutbox(stored, shown)
      return [row.payload, rewriting.payload(row)]
    },
  },
}

const keyed = z.object({ key: z.number() })
const totalRow = z.object({ total: z.number() })

const COUNT = `
  SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM outbox) AS total`

/** Makes new files for the tables, without the old content. PostgreSQL leaves it in the old ones until they are full. */
export const REBUILD: readonly string[] = ['journal', 'snapshot', 'outbox'].map((table) => `VACUUM (FULL) ${table}`)

/** Rewrites one piece, in a transaction of the caller. Returns the next place; `null` at the end. */
export async function rewritePiece(
  connection: Connection,
  shown: string,
  rewriting: Rewriting,
  from: RewritePlace | null,
): Promise<RewritePlace | null> {
  const place = from ?? firstPlace(totalRow.parse((await connection.query(COUNT))[0]).total)
  const { key, column, columns, contents } = PLANS[place.table]
  const select = `SELECT ${key} AS key, ${columns} FROM ${place.table} WHERE ${key} > $1 ORDER BY ${key} LIMIT ${PIECE}`
  const rows = await connection.query(select, [place.after])
  const keys = rows.map((row) => keyed.parse(row).key)
  const changed = rows.flatMap((row, index) => {
    const [before, after] = contents(row, shown, rewriting)
    const name = keys[index]
    return after === before ? [] : [{ key: name, content: toText(after, `${place.table} ${name}`) }]
  })
  const update = `
    UPDATE ${place.table} SET ${column} = new.content
    FROM json_to_recordset($1::text::json) AS new(key bigint, content text) WHERE ${key} = new.key`
  if (changed.length > 0) await connection.query(update, [JSON.stringify(changed)])
  return nextPlace(place, keys, changed.length)
}
