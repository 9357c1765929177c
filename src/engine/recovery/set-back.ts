/**
 * A start at which the clock shows an earlier time than the last journal row: the wall clock was wrong then, or is
 * wrong now. An input moves all times in the state of every aggregate back by the difference. So each deadline has as
 * much time left as it had at the last row. Without that, deadlines would come late by the difference.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'

/** Smaller differences (ms) are ignored. The time of an aggregate then stands still until the clock has caught up. */
const LEAST = 1000

export interface SetBack {
  /** Milliseconds. */
  readonly by: number
  readonly inputs: readonly Addressed[]
}

/** The inputs that are necessary at `now` (ms); `undefined` if the clock is not behind. */
export function setBack(aggregates: Aggregates, now: number): SetBack | undefined {
  const all = [...aggregates.values()]
  const by = all.reduce((latest, { at }) => Math.max(latest, at), 0) - now
  if (by <= LEAST) return undefined
  return { by, inputs: all.map(({ id }) => ({ to: id, input: { kind: 'clockSetBack', by } })) }
}
