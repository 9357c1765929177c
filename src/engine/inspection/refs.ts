/** References to actors with lasting names. XState's own session ids differ from process to process. */
import type { Snapshot } from 'xstate'
import type { InspectedActor } from './api.ts'
import { ownParentOf, underParent } from './private-names.ts'

/** The members of an XState actor that are read. */
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

/**
 * Name of an actor within its parent. The id of a task actor is that of its dialog, so it gets a prefix. The id of a leg
 * begins with that of its call, which the name of the parent has already.
 */
function nameOf({ id, logic }: TreeActor): string {
  if (logic.config?.id === 'leg') return `leg:${id.slice(id.indexOf('#') + 1)}`
  return logic.config?.id === 'task' ? `task:${id}` : id
}

const emptyActor = { send: () => undefined, ...underParent<InspectedActor>(undefined), logic: undefined }

/** An actor outside the tree, of which only the name is known. */
export const bareActor = (name: string): InspectedActor => ({
  ...emptyActor,
  id: name,
  sessionId: name,
  getSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
})

/** An actor without a machine. */
export const plainActor = (name: string, snapshot: Snapshot<unknown>): InspectedActor => ({
  ...bareActor(name),
  getSnapshot: () => snapshot,
})

/** References to the actors of one aggregate, with their current snapshots. Each actor gets one reference. */
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
      ...emptyActor,
      id,
      sessionId: parent ? `${parent.sessionId}/${id}` : id,
      ...underParent(parent),
      logic: config && { config },
      getSnapshot: () => snapshot,
    }
  }
}
