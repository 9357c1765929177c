/** A history up to a moment. Readings that last show what was stored then, although more is written meanwhile. */
import type { History, SnapshotRow } from '../engine/ports.ts'
import { delegating } from '../engine/rules/ruled-history.ts'

/** The end of a part of the history: a time, and the last sequence number and position that belong to it. */
export interface Until {
  /** Milliseconds since 1970 UTC; this moment is included. */
  readonly time: number
  readonly sequence?: number
  readonly position: number
}

/** The history up to an end. */
export function ending(
  history: History,
  { time, sequence: last = Number.POSITIVE_INFINITY, position }: Until,
): History {
  const snapshot = (name: string, at: number) => snapshotUpTo(history, name, at, position)
  return {
    ...delegating(history),
    snapshot,
    async *rows(name, sequence) {
      // When the clock was set back, times repeat. So rows up to this snapshot are included even if their time is
      // later.
      const happened = (await snapshot(name, time))?.sequence ?? 0
      for await (const row of history.rows(name, sequence)) {
        const isLater = row.at > time && row.sequence > happened
        if (isLater || row.sequence > last || row.position > position) return
        yield row
      }
    },
  }
}

/**
 * The newest snapshot that is not newer than a time, and not of an input after a position. An engine may have written
 * one since the reading began, perhaps in place of the one before.
 */
async function snapshotUpTo(
  history: History,
  name: string,
  time: number,
  position: number,
): Promise<SnapshotRow | undefined> {
  const newest = await history.snapshot(name, time)
  if (!newest || !(await isAfter(history, newest, position))) return newest
  let found: SnapshotRow | undefined
  for await (const snapshot of history.snapshots(name)) {
    if (snapshot.at > time || (await isAfter(history, snapshot, position))) break
    found = snapshot
  }
  return found
}

/** If the row of the snapshot was deleted, the snapshot is old. */
async function isAfter(history: History, { aggregate, sequence }: SnapshotRow, position: number): Promise<boolean> {
  for await (const row of history.rows(aggregate, sequence - 1))
    return row.sequence === sequence && row.position > position
  return false
}
