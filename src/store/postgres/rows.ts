/** The columns of rows, and what is read of the whole store. */
import { z } from 'zod'
import { fromText } from '../json.ts'
import { compareText } from '../memory/content.ts'
import type { Connection } from './driver.ts'

/** Columns of a journal row, of the table or alias `journal`. */
export const JOURNAL_COLUMNS = `
  journal.position, journal.aggregate, journal.sequence, journal.at, journal.machine_version AS "machineVersion",
  journal.outcome, journal.input, journal.error, journal.origin, journal.cause, journal.made,
  journal.first_outbox AS "firstOutbox", journal.last_outbox AS "lastOutbox"`

/** Columns of a snapshot, of the table or alias `snapshot`. */
export const SNAPSHOT_COLUMNS = `
  snapshot.aggregate, snapshot.machine, snapshot.machine_version AS "machineVersion", snapshot.sequence, snapshot.at,
  snapshot.state`

export const OUTBOX_COLUMNS = 'number, lane, kind, payload'

/**
 * Name, end and range of rows of an aggregate, of the table or alias `named`. Rows after the position `$1` are left out.
 */
export const KEPT_COLUMNS = `
  named.name, named.ended_at AS "endedAt",
  (SELECT min(sequence) FROM journal WHERE aggregate = named.name AND position <= $1) AS "firstRow",
  (SELECT max(sequence) FROM journal WHERE aggregate = named.name AND position <= $1) AS "lastRow",
  (SELECT min(sequence) FROM snapshot WHERE aggregate = named.name AND position <= $1) AS "firstSnapshot",
  (SELECT max(sequence) FROM snapshot WHERE aggregate = named.name AND position <= $1) AS "lastSnapshot"`

const endsRow = z.object({ history: z.string(), lastPosition: z.int().min(0), lastOutboxNumber: z.int().min(0) })
/** Id of the history and the last numbers given. */
export type StoredEnds = z.output<typeof endsRow>

const SELECT_ENDS = `
  SELECT history, last_position AS "lastPosition", last_outbox_number AS "lastOutboxNumber" FROM store`

export async function readEnds(connection: Connection): Promise<StoredEnds> {
  return endsRow.parse((await connection.query(SELECT_ENDS))[0])
}

const recordRow = z.object({ collection: z.string(), key: z.string(), value: z.string() })

/** JSON texts by collection and key. */
export type Records = Map<string, Map<string, string>>

export async function readRecords(connection: Connection, where: string): Promise<Records> {
  const records: Records = new Map()
  for (const row of await connection.query('SELECT collection, key, value FROM record ORDER BY collection, key')) {
    const { collection, key, value } = recordRow.parse(row)
    // Damage is found here, so that a list never throws.
    fromText(value, `${where}: record ${collection}/${key}`)
    const entries = records.get(collection)
    if (entries === undefined) records.set(collection, new Map([[key, value]]))
    else entries.set(key, value)
  }
  return records
}

/** Entries of a collection, by key. */
export function listRecords(records: Records, collection: string, where: string) {
  const entries = [...(records.get(collection) ?? [])].sort(([a], [b]) => compareText(a, b))
  return entries.map(([key, text]) => ({ key, value: fromText(text, `${where}: record ${collection}/${key}`) }))
}
