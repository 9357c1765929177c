/** Which snapshots of an aggregate are kept as history. */

const DAY = 24 * 60 * 60 * 1000
/** Two kept snapshots have at least this time between them, in ms, however many inputs come. */
const LEAST = 10 * 60 * 1000
/**
 * A kept snapshot may cost this many characters of its JSON for each input since the kept one before. So the history of
 * states is never larger than the history of inputs, and a replay of them takes some tens of milliseconds.
 */
const CHARACTERS_PER_INPUT = 64

/**
 * Milliseconds between two kept snapshots. `undefined`: as few as replay and retention need. That is one per day, and
 * further ones when there were so many inputs that a replay of them would take long.
 */
export type Spacing = number | undefined

interface Kept {
  readonly sequence: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
}

/**
 * Whether a store deletes `previous`, the newest snapshot until now, when it writes `next`, with `characters` of JSON. It
 * does when enough is left without it: `beforeIt`, which is the snapshot before it, or, without a `spacing`, the beginning
 * of the aggregate if all rows from there are stored.
 *
 * Otherwise the oldest snapshot has no `beforeIt` and is always kept, because a replay of the rows after it starts from
 * it. When `previous` has an earlier time than `beforeIt`, the clock was set back in between. It is kept, because
 * moments after the setback are reconstructed from it.
 */
export function isSuperseded(
  previous: Kept | undefined,
  beforeIt: Kept | undefined,
  next: Kept,
  characters: number,
  spacing: Spacing,
): boolean {
  if (previous === undefined || beforeIt === undefined) return false
  const between = previous.at - beforeIt.at
  if (between < 0) return false
  if (spacing !== undefined) return between < spacing
  // Rows are kept for at most so much longer than the retention, because compaction needs a snapshot to begin with.
  if (next.at - beforeIt.at >= DAY) return false
  return between < LEAST || next.sequence - beforeIt.sequence < characters / CHARACTERS_PER_INPUT
}
