/**
 * What an inspector sees of the machines: the inspection events of XState, of the steps that were committed, with actors
 * that keep their names.
 */
import type { ActorRefLike, AnyEventObject, Snapshot } from 'xstate'
import type { Origin } from '../store-port.ts'
import type { UnderParent } from './private-names.ts'

/**
 * An actor, as an inspector may know it: enough of an actor reference for inspectors made for XState, and no way to
 * change anything; `send` does nothing.
 */
export interface InspectedActor extends ActorRefLike, UnderParent<InspectedActor> {
  /**
   * `user/1001`, `user/1001/media:5001`, `user/1001/media:5001/task:1000_1001_5001`, `user/1001/presence:A`,
   * `call/16777217`, `queue/5001`, `side/A`: the same in every process, after every restart, and in the past.
   */
  readonly sessionId: string
  /** The last part of the session id; a root has the whole. */
  readonly id: string
  /** Configuration of its machine; `undefined` for a queue, which has none. */
  readonly logic: { readonly config: { readonly id?: string } } | undefined
  /** Its snapshot after the step. */
  getSnapshot(): Snapshot<unknown>
}

/** The step in which something happened. */
export interface InspectedStep {
  /** For example `user/1001`. */
  readonly aggregate: string
  /** Number of the step among those of its aggregate. */
  readonly sequence: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  /** Place in the journal; `undefined` where an actor is shown as it stands and nothing has just happened. */
  readonly position: number | undefined
  /** Kind of the input that began it; `undefined` likewise. */
  readonly input: string | undefined
  /** Who gave that input, if anybody did. */
  readonly origin: Origin | null
  /** Position of the step that sent it as a message. */
  readonly cause: number | null
}

/** A transition that a machine took. */
export interface InspectedTransition {
  /** Id of the state that has it, for example `media.ACTIVE`. */
  readonly source: string
  readonly target: readonly string[]
  /** Type of the event; `''` for an eventless one. */
  readonly event: string
  readonly guard: string | undefined
  /** The rules that the row keeps, by their ids in `machines/RULES.md`; none for the machines' own work. */
  readonly rules: readonly string[]
  /** What the row is for, in one sentence. */
  readonly description: string
}

interface Inspected {
  /** Session id of the root of the tree: the aggregate. */
  readonly rootId: string
  readonly actorRef: InspectedActor
  readonly step: InspectedStep
  /** Its place among the events of the step: 0, 1, 2, … */
  readonly index: number
}

/** XState's `InspectionEvent`, as far as inspectors read it, and the step beside it. */
export type InspectedEvent =
  | (Inspected & { readonly type: '@xstate.actor'; readonly snapshot: Snapshot<unknown> })
  | (Inspected & {
      readonly type: '@xstate.event'
      readonly event: AnyEventObject
      /** The sender; of a message between aggregates the aggregate. `undefined` for what comes from outside. */
      readonly sourceRef: InspectedActor | undefined
    })
  | (Inspected & {
      readonly type: '@xstate.snapshot'
      readonly event: AnyEventObject
      readonly snapshot: Snapshot<unknown>
      /** Taken since the actor's last snapshot, in order; none of an actor without a machine. */
      readonly transitions: readonly InspectedTransition[]
    })

/**
 * Hears of every step after its commit, in the order of the journal; a step that was discarded is not heard of, nor are
 * restarts and what is replayed for them. What it throws is logged.
 *
 * An inspector made for XState fits: `createInspector(…).inspect` of `@statelyai/inspect`.
 */
export type InspectionObserver =
  | ((event: InspectedEvent) => void)
  | { readonly next?: ((event: InspectedEvent) => void) | undefined }

/** Where inspectors look. Costs nothing while nobody does. */
export interface Inspection {
  /** The returned function ends it. */
  subscribe(observer: InspectionObserver): () => void
  /** Names of the aggregates in memory; those that are made while it is read are among them. None during a reset. */
  aggregates(): Iterable<string>
  /** The actors of an aggregate as they stand, root first; none for an unknown name. */
  present(aggregate: string): readonly InspectedEvent[]
}
