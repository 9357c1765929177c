/** A history up to a moment, read page by page. */
import type { History, JournalRow } from '../engine/ports.ts'
import { delegating } from '../engine/rules/ruled-history.ts'

/** So many rows are read at once: nothing of the store stays open between two steps. */
const PAGE = 256

/** Where a piece of the past ends: at a time, and at an input or position that it does not go beyond. */
export interface Until {
  /** Milliseconds; the moment itself belongs to it. */
  readonly time: number
  readonly sequence?: number
  readonly position: number
}

/** The part of a history that ends somewhere, read page by page. */
export function ending(
  history: History,
  { time, sequence: last = Number.POSITIVE_INFINITY, position }: Until,
): History {
  return {
    ...delegating(history),
    *rows(name, sequence) {
      // A time may come twice, when clocks are set back: what lies before this snapshot has happened by then.
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
