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

/** How far apart snapshots are kept. */
export interface Distances {
  /** Whether the beginning of an aggregate counts as a snapshot, if all rows from there are stored. */
  readonly fromBeginning: boolean
  /** A snapshot goes if less than this (ms) is between it and the one before. */
  readonly apart: number
  /** No snapshot goes that would leave this much time (ms) without one; `null`: there is no such limit. */
  readonly longest: number | null
  /** A snapshot also goes if the next one has fewer inputs than this more than the one before. */
  readonly inputs: number
}

/** The distances for a new snapshot with `characters` of JSON. */
export const distancesOf = (characters: number, spacing: Spacing): Distances =>
  spacing === undefined
    ? // Rows are kept for at most so much longer than the retention, because compaction needs a snapshot to begin with.
      { fromBeginning: true, apart: LEAST, longest: DAY, inputs: characters / CHARACTERS_PER_INPUT }
    : { fromBeginning: false, apart: spacing, longest: null, inputs: 0 }

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
  const { apart, longest, inputs } = distancesOf(characters, spacing)
  if (longest !== null && next.at - beforeIt.at >= longest) return false
  return between < apart || next.sequence - beforeIt.sequence < inputs
}
