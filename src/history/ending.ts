/** A history up to a moment, read page by page. */
import type { History, JournalRow } from '../engine/ports.ts'
import { delegating } from '../engine/rules/ruled-history.ts'

/** Rows that are read at once. A page is read completely, so that no read of the store stays open between two steps. */
const PAGE = 256

/** The end of a part of the history: a time, and the last sequence number and position that belong to it. */
export interface Until {
  /** Milliseconds since 1970 UTC; this moment is included. */
  readonly time: number
  readonly sequence?: number
  readonly position: number
}

/** The history up to an end, read page by page. */
export function ending(
  history: History,
  { time, sequence: last = Number.POSITIVE_INFINITY, position }: Until,
): History {
  return {
    ...delegating(history),
    *rows(name, sequence) {
      // When the clock was set back, times repeat. So rows up to this snapshot are included even if their time is
      // later.
      const happened = history.snapshot(name, time)?.sequence ?? 0
      let behind = sequence
      for (;;) {
        const page = firstRows(history.rows(name, behind))
        for (const row of page) {
          const isLater = row.at > time && row.sequence > happened
          if (isLater || row.sequence > last || row.position > position) return
          yield row
        }
        const newest = page.at(-1)
        if (page.length < PAGE || !newest) return
        behind = newest.sequence
      }
    },
  }
}

function firstRows(rows: Iterable<JournalRow>): readonly JournalRow[] {
  const page: JournalRow[] = []
  for (const row of rows) {
    page.push(row)
    if (page.length === PAGE) break
  }
  return page
}
