/** Frames of every stream and of the past: actors, the events that they receive, and their snapshots afterwards. */
import type { MachineName } from '../diagram/names.ts'

/** Version of the frames of `@statelyai/inspect`: the `_version` of every frame. */
export const STATELY_VERSION = '0.7.2'

/** Version of the member `mrdian` and of the frames named `@mrdian.…`. */
export const PROTOCOL = 1

/** The machine that an actor runs. Users, media, tasks, calls and legs of a follower run other machines: `followed-user`, … */
export type { MachineName }

export type ActorKind = 'user' | 'media' | 'task' | 'presence' | 'call' | 'leg' | 'side' | 'queue'

/**
 * The kind of an actor, and the user, MRD, dialog or side that it is for. Its session id contains the same facts:
 *
 * | Session id | |
 * |---|---|
 * | `user/1001` | `{ kind: 'user', user }` |
 * | `user/1001/media:5001` | `{ kind: 'media', user, mrd }` |
 * | `user/1001/media:5001/task:1000_1001_5001` | `{ kind: 'task', user, mrd, dialog }` |
 * | `user/1001/presence:A` | `{ kind: 'presence', user, side }` |
 * | `call/16777217` | `{ kind: 'call', dialog, mrd: '1', user, users }`; `user` is the first agent of `users` |
 * | `call/16777217/leg:1001`, `…/leg:+1` | `{ kind: 'leg', dialog, mrd: '1', user, users }`; no `user` for an outside party |
 * | `user/1001/call:16777217`, `user/1001/call:16777217/leg:+1` | the same of a follower: the call as its Finesse tells that user, who is all of `users` |
 * | `queue/5001` | `{ kind: 'queue', mrd }`; it has snapshots, but no machine |
 * | `side/A` | `{ kind: 'side', side }` |
 *
 * Session ids are stable: an actor has the same id in another process, and in the past.
 */
export interface ActorFacts {
  readonly kind: ActorKind
  readonly user?: string
  /** The agents who take part in the call. Only of calls and legs. */
  readonly users?: readonly string[]
  readonly mrd?: string
  readonly dialog?: string
  readonly side?: 'A' | 'B'
}

/** The origin of the input that began a step; the `Origin` of the journal. */
export interface FrameOrigin {
  readonly via: 'rest' | 'board' | 'acd-control' | 'xmpp' | 'acd' | 'finesse' | 'api' | 'engine'
  /** The user, administrator or session that made the request, if there is one. */
  readonly by?: string
}

/** A transition that a machine took on its way to a snapshot, in order. */
export interface TakenTransition {
  /** Id of the state that has the transition: `media.ACTIVE`, or `media` for a transition of the root. */
  readonly source: string
  /** Ids of the states entered; empty for a transition that changes no state. */
  readonly target: readonly string[]
  /** Type of the event; `''` for an eventless transition. */
  readonly event: string
  /** Name of the guard that allowed it. */
  readonly guard?: string
  /** Ids of the rules that the row implements, as in `machines/RULES.md`; empty for the machines' own work. */
  readonly rules: readonly string[]
  /** The purpose of the row, in one sentence. */
  readonly description: string
}

/** The member `mrdian` of every frame, which the package does not know. */
export interface FrameFacts {
  /** Engine time of the step, in milliseconds since 1970 UTC. */
  readonly at: number
  /** The unit that processes one input at a time: `user/1001`, `call/16777217`, `queue/5001`, `side/A`. */
  readonly aggregate: string
  /** Number of the step among those of its aggregate: 1, 2, 3, … */
  readonly sequence: number
  /**
   * Place of the step in the journal of the whole engine; it orders frames of different aggregates. Absent if the frame
   * shows a present state and not an event that just happened (at the beginning of a stream).
   */
  readonly position?: number
  /** Place of the frame among those of its step: 0, 1, 2, … */
  readonly index: number
  readonly actor: ActorFacts
  /** The state machine of the actor; absent for a queue. Key of `Machines`. */
  readonly machine?: MachineName
  /**
   * The input that began the step, as the kind of its journal row: `user` (a command, a presence or a user event),
   * `call`, `side`, `fault`, `acd`, `submitTask`, `abandonTask`, `submitCall`, `queueCall`, `message` (of another
   * aggregate),
   * `deadline`, `configuredUser`, …
   */
  readonly input?: string
  /** The origin of the input, if it came from outside. */
  readonly origin?: FrameOrigin
  /** Position of the step whose message began this step. */
  readonly cause?: number
  /** In snapshot frames of machines: the transitions taken since the actor's last snapshot. */
  readonly transitions?: readonly TakenTransition[]
}

/** JSON on the wire. */
export type FrameJson = null | boolean | number | string | readonly FrameJson[] | { readonly [key: string]: FrameJson }

/** An event that an actor received. In compact streams, outside the focus, it has only its `type`. */
export interface FrameEvent {
  readonly type: string
  readonly [key: string]: FrameJson
}

/** The state of an actor. */
export interface FrameSnapshot {
  /** `done`: a final state; `stopped`: the actor no longer exists. */
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  /** Active state; an object for nested states, as in XState. Absent for queues. */
  readonly value?: FrameJson
  /**
   * Absent in compact streams outside the focus. Personal values are `(hidden)` unless `HelloFrame.redacted` is false.
   * References to other actors are `{ xstate$$type: 1, id }`, the id without its parents.
   */
  readonly context?: FrameJson
  readonly output?: FrameJson
}

interface BaseFrame {
  /** Id of the frame: `user/1001:14/3` is the fourth frame of that aggregate's step 14. Kept if it is sent again. */
  readonly id: string
  readonly sessionId: string
  /** Session id of the root of its tree: the aggregate. */
  readonly rootId: string
  /** `mrdian.at` as decimal text. */
  readonly createdAt: string
  readonly _version: string
  readonly mrdian: FrameFacts
}

/** An actor exists: it was just made, or it existed when the stream began. */
export interface ActorFrame extends BaseFrame {
  readonly type: '@xstate.actor'
  readonly name: string
  /** Absent for roots. */
  readonly parentId?: string
  /** The machine's configuration as JSON text; left out in compact streams (`GET /inspect/machines`). */
  readonly definition?: string
  readonly snapshot: FrameSnapshot
}

/** An actor was sent an event. */
export interface EventFrame extends BaseFrame {
  readonly type: '@xstate.event'
  /** Session id of the sender, perhaps in another aggregate; absent for external events and deadlines. */
  readonly sourceId?: string
  readonly event: FrameEvent
}

/** An actor has processed an event. */
export interface SnapshotFrame extends BaseFrame {
  readonly type: '@xstate.snapshot'
  readonly event: FrameEvent
  readonly snapshot: FrameSnapshot
}

/** The frames that `createWebSocketReceiver` of `@statelyai/inspect` reads. */
export type InspectionFrame = ActorFrame | EventFrame | SnapshotFrame
