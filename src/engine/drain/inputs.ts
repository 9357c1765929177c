/**
 * A drain on its way to the aggregates. Every queue keeps it, since queues decide what is offered; every side as well,
 * for whoever asks, and because there are no queues where the ACD is outside.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'

/**
 * What makes the drain begin, or end, where that has not been said yet. A queue that a directory brings meanwhile need not
 * hear of it: nobody can sign in to its MRD, so there is nobody to offer anything to.
 */
export function drainInputs(aggregates: Pick<Aggregates, 'names' | 'get'>, on: boolean): readonly Addressed[] {
  return [...aggregates.names()]
    .filter(isConcerned)
    .filter((name) => isDraining(aggregates, name) !== on)
    .map((to) => ({ to, input: { kind: 'draining', on } }))
}

const isConcerned = (name: string) => name.startsWith('queue/') || name.startsWith('side/')

function isDraining(aggregates: Pick<Aggregates, 'get'>, name: string): boolean {
  const behaviour = aggregates.get(name)?.behaviour
  return behaviour !== undefined && 'isDraining' in behaviour && behaviour.isDraining === true
}
