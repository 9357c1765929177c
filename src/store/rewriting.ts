/** The order in which a rewriting goes through what is kept. */
import type { RewritePlace } from '../engine/ports.ts'

type Table = RewritePlace['table']

const NEXT: Readonly<Record<Table, Table | undefined>> = {
  journal: 'snapshot',
  snapshot: 'outbox',
  outbox: undefined,
}

/** Rows of one piece. */
export const PIECE = 250

/** Where a rewriting of `total` rows begins. */
export function firstPlace(total: number): RewritePlace {
  return { table: 'journal', after: 0, changed: 0, seen: 0, total }
}

/** Where it goes on after a piece that saw `keys` (ascending) and changed some of them; `null` at the end. */
export function nextPlace(place: RewritePlace, keys: readonly number[], changed: number): RewritePlace | null {
  const seen = place.seen + keys.length
  const counted = { changed: place.changed + changed, seen, total: Math.max(place.total, seen) }
  const last = keys.at(-1)
  if (last !== undefined && keys.length === PIECE) return { ...counted, table: place.table, after: last }
  const table = NEXT[place.table]
  return table === undefined ? null : { ...counted, table, after: 0 }
}
