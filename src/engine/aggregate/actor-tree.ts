/**
 * An XState actor tree as a step function: one event in, the effects of the whole tree out, in order.
 */
import { type AnyStateMachine, createActor, type InputFrom, type InspectionEvent, type Snapshot } from 'xstate'
import { effects as onEffects } from '../../../machines/index.ts'
import type { TreeProbe } from '../inspection/probe.ts'
import { asJson } from '../json.ts'
import type { Json } from '../ports.ts'
import { layOut } from './laid-out.ts'

interface TreeActor {
  readonly id: string
  getSnapshot(): {
    readonly status: string
    readonly error?: unknown
    readonly context?: object
    readonly children?: Readonly<Record<string, TreeActor | undefined>>
  }
  send(event: { readonly type: string }): void
}

/** A guard or action of a machine in the tree threw an error. The tree must not be used any more. */
export class ActorTreeFailure extends Error {
  constructor(actor: string, cause: unknown) {
    super(`actor ${actor} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'ActorTreeFailure'
  }
}

function find(actor: TreeActor, id: string): TreeActor | undefined {
  if (actor.id === id) return actor
  for (const child of Object.values(actor.getSnapshot().children ?? {})) {
    const found = child && find(child, id)
    if (found) return found
  }
  return undefined
}

function layOutAll(actor: TreeActor): void {
  const { context, children = {} } = actor.getSnapshot()
  if (context) layOut(context)
  for (const child of Object.values(children)) if (child) layOutAll(child)
}

/**
 * Starts a tree with `input`, or with a persisted `snapshot`.
 *
 * The actors emit effects as events. `probe` gets all inspection events of XState while it records.
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
  const note = (event: InspectionEvent) => probe?.note(event)
  const isInspectedFromStart = probe?.isRecording ?? false
  const actor = createActor(machine, {
    id,
    input,
    ...(snapshot === undefined ? {} : { snapshot: asSnapshot(snapshot) }),
    ...(isInspectedFromStart ? { inspect: note } : {}),
  })
  onEffects(actor, (emitted) => {
    if (isEffect(emitted)) effects.push(emitted)
  })
  let uncaught: unknown
  // Without an observer, an error of the root actor would end the process.
  actor.subscribe({
    error: (error) => {
      uncaught = error
    },
  })
  actor.start()
  layOutAll(actor)

  const take = (): readonly E[] => {
    // The error of an actor is passed up to the root.
    const { status, error } = actor.getSnapshot()
    if (status === 'error') throw new ActorTreeFailure(id, error)
    if (uncaught !== undefined) throw new ActorTreeFailure(id, uncaught)
    const taken = effects
    effects = []
    return taken
  }
  take()

  /** Runs `run`, and passes its inspection events to `probe` if that is recording. */
  const inspected = (run: () => void): void => {
    if (isInspectedFromStart || !probe?.isRecording) return run()
    const inspection = actor.system.inspect(note)
    try {
      run()
    } finally {
      inspection.unsubscribe()
    }
  }

  return {
    actor,
    /** Sends an event to the root and returns the effects of the tree. Throws `ActorTreeFailure`. */
    send(event: Parameters<typeof actor.send>[0]): readonly E[] {
      inspected(() => actor.send(event))
      return take()
    },
    /** Sends an event to the actor with the id `owner`, for deadlines. Does nothing if that actor has ended. */
    sendTo(owner: string, event: { readonly type: string; readonly at: number }): readonly E[] {
      inspected(() => find(actor, owner)?.send(event))
      return take()
    },
    persist: (): Json => asJson(actor.getPersistedSnapshot()),
    stop: () => actor.stop(),
  }
}

/**
 * The persisted snapshot comes from `persist` of the same machine version, which the store has checked. It is copied,
 * because XState puts the live actors into the context that it restores. Without the copy, a second tree from the same
 * snapshot would share them.
 */
function asSnapshot(persisted: Json): Snapshot<unknown> {
  const value = typeof persisted === 'object' && persisted !== null ? asJson(persisted) : null
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a snapshot')
  const { status } = { status: undefined, ...value }
  if (status === 'error') throw new TypeError('snapshot of a failed actor')
  return {
    error: undefined,
    output: undefined,
    ...value,
    status: status === 'done' ? 'done' : 'active',
  } as Snapshot<unknown>
}
