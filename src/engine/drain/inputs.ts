/**
 * The inputs that begin or end a drain. All queues and campaigns get one, because they decide about offers. All sides get one too,
 * for reads and because an engine with an external ACD has no queues.
 */
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'

/**
 * Inputs for all queues, campaigns and sides that do not have the state `on` yet. A queue that a reload adds during a drain needs
 * no input: no agent can sign in to its MRD, so it has no agent to offer a task to.
 */
export function drainInputs(aggregates: Pick<Aggregates, 'names' | 'get'>, on: boolean): readonly Addressed[] {
  return [...aggregates.names()]
    .filter(isConcerned)
    .filter((name) => isDraining(aggregates, name) !== on)
    .map((to) => ({ to, input: { kind: 'draining', on } }))
}

const isConcerned = (name: string) => CONCERNED.some((kind) => name.startsWith(kind))

const CONCERNED = ['queue/', 'side/', 'campaign/'] as const

function isDraining(aggregates: Pick<Aggregates, 'get'>, name: string): boolean {
  const behaviour = aggregates.get(name)?.behaviour
  return behaviour !== undefined && 'isDraining' in behaviour && behaviour.isDraining === true
}
