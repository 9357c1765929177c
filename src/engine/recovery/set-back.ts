/**
 * A start whose clock is behind what the journal has last: the wall clock was wrong then, or is now. The journal keeps its
 * order. So that nothing waits for a time that comes a second time, all that has happened, and all that is due, moves back
 * by as much, as an input of every aggregate: each deadline has left what it had left at the last entry.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'

/** Less is made up for by waiting: an aggregate's own time never goes back. */
const LEAST = 1000

export interface SetBack {
  /** Milliseconds. */
  readonly by: number
  readonly inputs: readonly Addressed[]
}

/** What `now` asks for; `undefined` where it is not behind. */
export function setBack(aggregates: Aggregates, now: number): SetBack | undefined {
  const all = [...aggregates.values()]
  const by = all.reduce((latest, { at }) => Math.max(latest, at), 0) - now
  if (by <= LEAST) return undefined
  return { by, inputs: all.map(({ id }) => ({ to: id, input: { kind: 'clockSetBack', by } })) }
}
