/** The rows of the last minutes of the journal, which a start reads for the commands that are sent again. */
import type { Recent } from '../answers/known-commands.ts'
import type { History, JournalRow, StoredState } from '../ports.ts'

/** The rows, in order. A store without history has only those that no snapshot covers. */
export async function recentRows(
  history: History | undefined,
  { tail, lastPosition }: Pick<StoredState, 'tail' | 'lastPosition'>,
  { from, most }: Recent,
): Promise<readonly JournalRow[]> {
  if (!history) return tail.filter(({ at }) => at >= from)
  const rows: JournalRow[] = []
  const before = await lastBefore(history, from, Math.max(0, lastPosition - most), lastPosition)
  for await (const row of history.all(before)) rows.push(row)
  return rows
}

/** The last position from `low` to `high` whose row is older than `time`. Deleted rows are older. */
async function lastBefore(history: History, time: number, low: number, high: number): Promise<number> {
  let [older, newer] = [low, high + 1]
  while (newer - older > 1) {
    const middle = Math.floor((older + newer) / 2)
    const row = await history.row(middle)
    if (row && row.at >= time) newer = middle
    else older = middle
  }
  return older
}
