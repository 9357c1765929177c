/**
 * An XState actor tree as a step function: one event in, the effects of the whole tree out, in order.
 */
import { type AnyStateMachine, createActor, type InputFrom, type Snapshot } from 'xstate'
import type { TreeProbe } from './inspection/probe.ts'
import type { Json } from './ports.ts'

interface TreeActor {
  readonly id: string
  getSnapshot(): {
    readonly status: string
    readonly error?: unknown
    readonly children?: Readonly<Record<string, TreeActor | undefined>>
  }
  send(event: { readonly type: string }): void
}

interface Emitting {
  on(type: '*', listener: (emitted: { readonly type: string }) => void): unknown
}

const isEmitting = (actor: object): actor is Emitting => 'on' in actor && typeof actor.on === 'function'

/** A machine of the tree has failed: a guard or action threw. The tree is not to be used any more. */
export class ActorTreeFailure extends Error {
  constructor(actor: string, cause: unknown) {
    super(`actor ${actor} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'ActorTreeFailure'
  }
}

function failureIn(actor: TreeActor): ActorTreeFailure | undefined {
  const snapshot = actor.getSnapshot()
  if (snapshot.status === 'error') return new ActorTreeFailure(actor.id, snapshot.error)
  for (const child of Object.values(snapshot.children ?? {})) {
    const failure = child && failureIn(child)
    if (failure) return failure
  }
  return undefined
}

function find(actor: TreeActor, id: string): TreeActor | undefined {
  if (actor.id === id) return actor
  for (const child of Object.values(actor.getSnapshot().children ?? {})) {
    const found = child && find(child, id)
    if (found) return found
  }
  return undefined
}

/**
 * Starts a tree, fresh from `input` or from a persisted `snapshot`.
 *
 * Effects leave the actors as emitted events. Children appear and vanish, so every actor is subscribed to at the
 * moment when the system reports it. `probe` hears all that XState reports.
 */
export function actorTree<M extends AnyStateMachine, E extends { readonly type: string }>(
  machine: M,
  id: string,
  input: InputFrom<M>,
  isEffect: (emitted: { readonly type: string }) => emitted is E,
  snapshot?: Json,
  probe?: TreeProbe,
) {
  let effects: E[] = []
  const actor = createActor(machine, {
    id,
    input,
    ...(snapshot === undefined ? {} : { snapshot: asSnapshot(snapshot) }),
    inspect: (event) => {
      probe?.note(event)
      if (event.type !== '@xstate.actor' || !isEmitting(event.actorRef)) return
      event.actorRef.on('*', (emitted: { readonly type: string }) => {
        if (isEffect(emitted)) effects.push(emitted)
      })
    },
  })
  let uncaught: unknown
  // An unobserved failure of a root actor would end the process.
  actor.subscribe({
    error: (error) => {
      uncaught = error
    },
  })
  actor.start()

  const take = (): readonly E[] => {
    const failure = failureIn(actor) ?? (uncaught === undefined ? undefined : new ActorTreeFailure(id, uncaught))
    if (failure) throw failure
    const taken = effects
    effects = []
    return taken
  }
  take()

  return {
    actor,
    /** Sends to the root; returns what the tree wants. Throws `ActorTreeFailure`. */
    send(event: Parameters<typeof actor.send>[0]): readonly E[] {
      actor.send(event)
      return take()
    },
    /** Sends to one actor of the tree, for deadlines. Nothing happens if it is gone. */
    sendTo(owner: string, event: { readonly type: string; readonly at: number }): readonly E[] {
      find(actor, owner)?.send(event)
      return take()
    },
    persist: (): Json => JSON.parse(JSON.stringify(actor.getPersistedSnapshot())),
    stop: () => actor.stop(),
  }
}

/**
 * A persisted snapshot comes from `persist` of the same machine version; the store checked the version. It is copied:
 * XState puts the live actors into the context that it restores, and a second tree from the same snapshot would share
 * them.
 */
function asSnapshot(persisted: Json): Snapshot<unknown> {
  if (typeof persisted !== 'object' || persisted === null || Array.isArray(persisted))
    throw new TypeError('not a snapshot')
  const value = structuredClone(persisted)
  const { status } = { status: undefined, ...value }
  if (status === 'error') throw new TypeError('snapshot of a failed actor')
  return {
    error: undefined,
    output: undefined,
    ...value,
    status: status === 'done' ? 'done' : 'active',
  } as Snapshot<unknown>
}
