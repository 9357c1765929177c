/** The arrows that a step went along. */
import { edgeId } from '../../../diagram/graph.ts'
import { ANY } from '../../../diagram/model.ts'
import type { TakenTransition } from '../../../protocol.ts'

export interface Taken {
  /** Ids of edges, in order. */
  readonly edges: readonly string[]
  /** States that were entered and left in the same step. */
  readonly through: readonly string[]
}

export const NOTHING_TAKEN: Taken = { edges: [], through: [] }

/** The node of a state id. `media.SIGNED_IN.ACTIVE` is the state ACTIVE; `media`, the machine itself, is `ANY`. */
const keyOf = (id: string) => {
  const dot = id.lastIndexOf('.')
  return dot < 0 ? ANY : id.slice(dot + 1)
}

export function takenBy(transitions: readonly Pick<TakenTransition, 'source' | 'target'>[]): Taken {
  const leading = transitions.filter(({ target }) => target.length > 0)
  return {
    edges: leading.map(({ source, target: [to = ''] }) => edgeId(keyOf(source), keyOf(to))),
    through: leading.slice(0, -1).map(({ target: [to = ''] }) => keyOf(to)),
  }
}
