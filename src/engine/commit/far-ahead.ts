/**
 * A start whose clock is further ahead of the journal than the past is kept: after a long pause, or because the clock is
 * wrong. Nobody here can tell which, and retention would forget at once what a right clock keeps.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'

/** So long retention waits then, in ms: there is time to look. The next start finds entries of this one, and does not wait. */
export const SECOND_LOOK = 86_400_000

/** By how much, in ms; `undefined` where it is less than the past is kept, or where there is no past. */
export function farAhead(aggregates: Aggregates, now: number, kept: number): number | undefined {
  const last = [...aggregates.values()].reduce((latest, { at }) => Math.max(latest, at), 0)
  return last > 0 && now - last > kept ? now - last : undefined
}
