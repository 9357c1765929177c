/** The effect of a follower for a step that the followed Finesse took. */
import type { Effect } from '../effects.ts'

/** `listed` is true if `steps` has the step, or if the state is the same as before. Other steps are flagged. */
export function step(
  what: string,
  steps: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
): Extract<Effect, { type: 'followed' }> {
  return { type: 'followed', what, from, to, listed: from === to || (steps.get(from)?.includes(to) ?? false) }
}
