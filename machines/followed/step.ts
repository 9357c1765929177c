/** What a follower says of a step that the Finesse that is followed took. */
import type { Effect } from '../effects.ts'

/** Flagged unless `steps` lists it; to say the same state again is no step. */
export function step(
  what: string,
  steps: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
): Extract<Effect, { type: 'followed' }> {
  return { type: 'followed', what, from, to, listed: from === to || (steps.get(from)?.includes(to) ?? false) }
}
