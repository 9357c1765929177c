/** Actors under names that last, whatever XState calls them in this process. */
import type { Snapshot } from 'xstate'
import type { InspectedActor } from './api.ts'
import { ownParentOf, underParent } from './private-names.ts'

/** So much of an XState actor is read. */
export interface TreeActor {
  readonly id: string
  readonly logic: { readonly config?: { readonly id?: string } }
  getSnapshot(): Snapshot<unknown>
}

export const isTreeActor = (actor: object | undefined): actor is TreeActor =>
  actor !== undefined && 'id' in actor && 'logic' in actor && typeof actor.logic === 'object' && 'getSnapshot' in actor

function parentOf(actor: TreeActor): TreeActor | undefined {
  const parent = ownParentOf(actor)
  return isTreeActor(parent) ? parent : undefined
}

/** A task's actor has the bare id of its dialog. */
const nameOf = ({ id, logic }: TreeActor) => (logic.config?.id === 'task' ? `task:${id}` : id)

const nobody = { send: () => undefined, ...underParent<InspectedActor>(undefined), logic: undefined }

/** Something outside the tree that has a name only. */
export const bareActor = (name: string): InspectedActor => ({
  ...nobody,
  id: name,
  sessionId: name,
  getSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
})

/** An actor without a machine. */
export const plainActor = (name: string, snapshot: Snapshot<unknown>): InspectedActor => ({
  ...bareActor(name),
  getSnapshot: () => snapshot,
})

/** The actors of one aggregate as they stand at one moment; each once. */
export class Refs {
  readonly #aggregate: string
  readonly #made = new Map<TreeActor, InspectedActor>()

  constructor(aggregate: string) {
    this.#aggregate = aggregate
  }

  of(actor: TreeActor): InspectedActor {
    const known = this.#made.get(actor)
    if (known) return known
    const made = this.#make(actor)
    this.#made.set(actor, made)
    return made
  }

  #make(actor: TreeActor): InspectedActor {
    const above = parentOf(actor)
    const parent = above && this.of(above)
    const id = parent ? nameOf(actor) : this.#aggregate
    const { config } = actor.logic
    const snapshot = actor.getSnapshot()
    return {
      ...nobody,
      id,
      sessionId: parent ? `${parent.sessionId}/${id}` : id,
      ...underParent(parent),
      logic: config && { config },
      getSnapshot: () => snapshot,
    }
  }
}
