/** Frames of every stream and of the past: actors, the events that they hear, and how they stand afterwards. */
import type { MachineName } from '../diagram/names.ts'

/** Version of the frames of `@statelyai/inspect` that are spoken: the `_version` of every frame. */
export const STATELY_VERSION = '0.7.2'

/** Version of what is in `mrdian` and in the frames called `@mrdian.…`. */
export const PROTOCOL = 1

/** Which machine an actor runs. Users, media and tasks of a follower run machines of their own: `followed-user`, … */
export type { MachineName }

export type ActorKind = 'user' | 'media' | 'task' | 'presence' | 'call' | 'side' | 'queue'

/**
 * What an actor is about. Its session id says the same:
 *
 * | Session id | |
 * |---|---|
 * | `user/1001` | `{ kind: 'user', user }` |
 * | `user/1001/media:5001` | `{ kind: 'media', user, mrd }` |
 * | `user/1001/media:5001/task:1000_1001_5001` | `{ kind: 'task', user, mrd, dialog }` |
 * | `user/1001/presence:A` | `{ kind: 'presence', user, side }` |
 * | `call/16777217` | `{ kind: 'call', dialog, mrd: '1', user }`: the agent at whom it rings |
 * | `queue/5001` | `{ kind: 'queue', mrd }`: plain, with snapshots, without a machine |
 * | `side/A` | `{ kind: 'side', side }` |
 *
 * Session ids last: the same actor has the same id in another process, and in the past.
 */
export interface ActorFacts {
  readonly kind: ActorKind
  readonly user?: string
  readonly mrd?: string
  readonly dialog?: string
  readonly side?: 'A' | 'B'
}

/** Who gave the input that began a step; the `Origin` of the journal. */
export interface FrameOrigin {
  readonly via: 'rest' | 'acd-control' | 'xmpp' | 'acd' | 'finesse' | 'api' | 'engine'
  /** User, administrator or session that asked, where somebody did. */
  readonly by?: string
}

/** A transition that a machine took on its way to a snapshot, in order. */
export interface TakenTransition {
  /** Id of the state that has the transition: `media.ACTIVE`, or `media` for one of the root. */
  readonly source: string
  /** Ids of the states entered; none for a transition that stays where it is. */
  readonly target: readonly string[]
  /** Type of the event; `''` for an eventless one. */
  readonly event: string
  /** Name of the guard that allowed it. */
  readonly guard?: string
  /** The rules that the row keeps, by their ids in `machines/RULES.md`; none for the machines' own work. */
  readonly rules: readonly string[]
  /** What the row is for, in one sentence. */
  readonly description: string
}

/** What every frame carries beside what the package knows. */
export interface FrameFacts {
  /** Time of the step, of the engine: milliseconds since 1970 UTC. */
  readonly at: number
  /** The unit that takes one input at a time: `user/1001`, `call/16777217`, `queue/5001`, `side/A`. */
  readonly aggregate: string
  /** Number of the step among those of its aggregate: 1, 2, 3, … */
  readonly sequence: number
  /**
   * Place of the step in the journal of the whole engine: frames of different aggregates are ordered by it. Absent where
   * a frame tells how an actor stands and not what has just happened (at the beginning of a stream).
   */
  readonly position?: number
  /** Place of the frame among those of its step: 0, 1, 2, … */
  readonly index: number
  readonly actor: ActorFacts
  /** The state machine of the actor; absent for a queue. Key of `Machines`. */
  readonly machine?: MachineName
  /**
   * What began the step: `user` (a command, a presence or a user event), `call`, `side`, `fault`, `acd`, `submitTask`,
   * `abandonTask`, `submitCall`, `message` (of another aggregate), `deadline`, `configuredUser`, …: kind of the journal row.
   */
  readonly input?: string
  /** Who gave the input, where somebody outside did. */
  readonly origin?: FrameOrigin
  /** Position of the step that sent the message which began this one. */
  readonly cause?: number
  /** In snapshot frames of machines: the transitions taken since the actor's last snapshot. */
  readonly transitions?: readonly TakenTransition[]
}

/** JSON as it comes over the wire. */
export type FrameJson = null | boolean | number | string | readonly FrameJson[] | { readonly [key: string]: FrameJson }

/** An event as an actor hears it. In compact streams, outside the focus, it has its `type` only. */
export interface FrameEvent {
  readonly type: string
  readonly [key: string]: FrameJson
}

/** State of an actor. */
export interface FrameSnapshot {
  /** `done`: a final state; `stopped`: it is no longer there. */
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  /** Active state; an object for nested ones, as XState has it. Absent for queues. */
  readonly value?: FrameJson
  /**
   * Absent in compact streams outside the focus. Personal values are `(hidden)` unless `HelloFrame.redacted` is false.
   * References to other actors are `{ xstate$$type: 1, id }`, the id without its parents.
   */
  readonly context?: FrameJson
  readonly output?: FrameJson
}

interface BaseFrame {
  /** Of the whole frame: `user/1001:14/3` is the fourth frame of that aggregate's step 14. Present again if sent again. */
  readonly id: string
  readonly sessionId: string
  /** Session id of the root of its tree: the aggregate. */
  readonly rootId: string
  /** `mrdian.at` as decimal text. */
  readonly createdAt: string
  readonly _version: string
  readonly mrdian: FrameFacts
}

/** An actor is there: it was made, or was there when the stream began. */
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
  /** Session id of the sender, perhaps in another aggregate; absent for what comes from outside, and for deadlines. */
  readonly sourceId?: string
  readonly event: FrameEvent
}

/** An actor has taken an event. */
export interface SnapshotFrame extends BaseFrame {
  readonly type: '@xstate.snapshot'
  readonly event: FrameEvent
  readonly snapshot: FrameSnapshot
}

/** The frames that `createWebSocketReceiver` of `@statelyai/inspect` reads. */
export type InspectionFrame = ActorFrame | EventFrame | SnapshotFrame
