/** The order in which `rewrite` goes through the tables, and the size of its pieces. */
import type { RewritePlace } from '../engine/ports.ts'

type Table = RewritePlace['table']

const NEXT: Readonly<Record<Table, Table | undefined>> = {
  journal: 'snapshot',
  snapshot: 'outbox',
  outbox: undefined,
}

/** Rows in one piece. */
export const PIECE = 250

/** The first place of a `rewrite` of `total` rows. */
export function firstPlace(total: number): RewritePlace {
  return { table: 'journal', after: 0, changed: 0, seen: 0, total }
}

/**
 * The place after a piece that read the rows with `keys` (ascending) and changed `changed` of them; `null` at the end.
 */
export function nextPlace(place: RewritePlace, keys: readonly number[], changed: number): RewritePlace | null {
  const seen = place.seen + keys.length
  const counted = { changed: place.changed + changed, seen, total: Math.max(place.total, seen) }
  const last = keys.at(-1)
  if (last !== undefined && keys.length === PIECE) return { ...counted, table: place.table, after: last }
  const table = NEXT[place.table]
  return table === undefined ? null : { ...counted, table, after: 0 }
}
