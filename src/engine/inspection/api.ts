/**
 * The interface for inspectors. They get the inspection events of XState for all committed steps. Actors have the same
 * names in every process.
 */
import type { ActorRefLike, AnyEventObject, Snapshot } from 'xstate'
import type { Origin } from '../store-port.ts'
import type { UnderParent } from './private-names.ts'

/**
 * A read-only reference to an actor. It has what inspectors made for XState need of an actor reference. `send` does
 * nothing.
 */
export interface InspectedActor extends ActorRefLike, UnderParent<InspectedActor> {
  /**
   * `user/1001`, `user/1001/media:5001`, `user/1001/media:5001/task:1000_1001_5001`, `user/1001/presence:A`,
   * `call/16777217`, `queue/5001`, `side/A`. It is the same in every process, after every restart, and in a replay.
   */
  readonly sessionId: string
  /** The last part of the session id. For a root it is the whole session id. */
  readonly id: string
  /** Configuration of its machine; `undefined` for a queue, which has no machine. */
  readonly logic: { readonly config: { readonly id?: string } } | undefined
  /** Its snapshot after the step. */
  getSnapshot(): Snapshot<unknown>
}

/** The step to which an inspection event belongs. */
export interface InspectedStep {
  /** For example `user/1001`. */
  readonly aggregate: string
  /** Number of the step among those of its aggregate. */
  readonly sequence: number
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  /** Position in the journal; `undefined` if the event shows the current state of an actor, outside of a step. */
  readonly position: number | undefined
  /** Kind of the input of the step; `undefined` in the same case. */
  readonly input: string | undefined
  /** Where the input came from; `null` for a message or a deadline. */
  readonly origin: Origin | null
  /** Position of the step that sent the message; `null` for other inputs. */
  readonly cause: number | null
}

/** A transition that a machine took. */
export interface InspectedTransition {
  /** Id of the state that has the transition, for example `media.ACTIVE`. */
  readonly source: string
  readonly target: readonly string[]
  /** Type of the event; `''` for an eventless transition. */
  readonly event: string
  readonly guard: string | undefined
  /** Ids of the rules that the row implements, as in `machines/RULES.md`. Empty for a row that implements no rule. */
  readonly rules: readonly string[]
  /** The purpose of the row, in one sentence. */
  readonly description: string
}

interface Inspected {
  /** Session id of the root of the tree: the aggregate. */
  readonly rootId: string
  readonly actorRef: InspectedActor
  readonly step: InspectedStep
  /** Number of the event within the step: 0, 1, 2, … */
  readonly index: number
}

/** The parts of XState's `InspectionEvent` that inspectors read, and the step. */
export type InspectedEvent =
  | (Inspected & { readonly type: '@xstate.actor'; readonly snapshot: Snapshot<unknown> })
  | (Inspected & {
      readonly type: '@xstate.event'
      readonly event: AnyEventObject
      /**
       * The actor that sent the event, or the aggregate that sent the message. `undefined` for an input from outside.
       */
      readonly sourceRef: InspectedActor | undefined
    })
  | (Inspected & {
      readonly type: '@xstate.snapshot'
      readonly event: AnyEventObject
      readonly snapshot: Snapshot<unknown>
      /** The transitions since the actor's last snapshot, in order. Empty for an actor without a machine. */
      readonly transitions: readonly InspectedTransition[]
    })

/**
 * Gets the events of every step after its commit, in the order of the journal. It gets no events of steps that were
 * discarded or that are replayed at a start. Errors that it throws are logged.
 *
 * An inspector made for XState can be used: `createInspector(…).inspect` of `@statelyai/inspect`.
 */
export type InspectionObserver =
  | ((event: InspectedEvent) => void)
  | { readonly next?: ((event: InspectedEvent) => void) | undefined }

/** Access for inspectors. Without a subscription it costs nothing. */
export interface Inspection {
  /** The returned function ends the subscription. */
  subscribe(observer: InspectionObserver): () => void
  /** Names of the aggregates in memory, including those that are added during the iteration. Empty during a reset. */
  aggregates(): Iterable<string>
  /** The current actors of an aggregate, root first. Empty for an unknown name. */
  present(aggregate: string): readonly InspectedEvent[]
}
