/**
 * A start at which the clock is ahead of the last journal row by more than the retention. Either the engine was stopped
 * for long, or the clock is wrong. The engine cannot know which. If the clock is wrong, retention would delete data at
 * once that should be kept.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'

/**
 * In this case retention waits this long, in ms, so that an administrator can correct the clock. After the next start
 * it does not wait, because the journal has rows of this start.
 */
export const SECOND_LOOK = 86_400_000

/**
 * How far the clock is ahead, in ms; `undefined` if it is not more than the retention `kept`, or if there are no rows.
 */
export function farAhead(aggregates: Aggregates, now: number, kept: number): number | undefined {
  const last = [...aggregates.values()].reduce((latest, { at }) => Math.max(latest, at), 0)
  return last > 0 && now - last > kept ? now - last : undefined
}
