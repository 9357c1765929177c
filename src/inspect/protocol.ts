/**
 * What the inspector bridge and whoever looks through it say to each other. Types only: the viewer's page is built from
 * it as well.
 *
 * Frames are those of `@statelyai/inspect` 0.7: each WebSocket message, and each line of a history, is one JSON object.
 * Every frame carries one member more, `mrdian`, by which a viewer can order and group frames and find their row in the
 * journal. Readers of the package ignore it.
 *
 * Where: below `/inspect` on the REST port, same origin only, never with CORS.
 *
 * | Request | |
 * |---|---|
 * | `POST /inspect/tickets` | HTTP Basic of an administrator, or `Authorization: Bearer` with a session or with the ticket of a link: answers `Admission` |
 * | `GET /inspect/stream` | WebSocket; Basic, or `?ticket=`. `StreamQuery` as query |
 * | `GET /inspect/machines` | `Machines`; Basic or Bearer |
 * | `GET /inspect/explain/{user}` | why, with `at` as query: the JSON of `GET /acd/explain/{user}`; Basic or Bearer |
 * | `GET /inspect/history` | `HistoryQuery`; NDJSON: frames, then `EndFrame`; Basic or Bearer |
 *
 * Refusals of requests are JSON: `{ error, message, about }`, as those of `/acd`. An upgrade is refused with 401, 403
 * (wrong Origin or Host, or no administrator), 400 (a query that cannot be read) or 503 (too many viewers).
 */

/** Version of the frames of `@statelyai/inspect` that are spoken: the `_version` of every frame. */
export const STATELY_VERSION = '0.7.2'

/** Version of what is in `mrdian` and in the frames called `@mrdian.…`. */
export const PROTOCOL = 1

/** Which machine an actor runs; a queue is no state machine. */
export type MachineName = 'user' | 'media' | 'task' | 'presence' | 'call' | 'side'

export type ActorKind = MachineName | 'queue'

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

// ------------------------------------------------------------------------------------------- compact streams only

/** First message of a compact stream. */
export interface HelloFrame {
  readonly type: '@mrdian.hello'
  readonly protocol: typeof PROTOCOL
  /** Of mrdian. */
  readonly version: string
  /** Changes with every reset: positions count from 1 again. */
  readonly storeId: string
  /** Time of the engine, ms since 1970 UTC. */
  readonly now: number
  /** Names, numbers and values of call variables are `(hidden)`. */
  readonly redacted: boolean
  /** Does `GET /inspect/history` know the past? */
  readonly history: boolean
  /** More inspection frames a second than that are dropped for this viewer. */
  readonly framesPerSecond: number
  /** The viewer may send `StepRequest`: a simulation runs step by step. */
  readonly steps: boolean
}

/** One actor of an `ActorsFrame`. */
export interface ListedActor {
  readonly sessionId: string
  readonly parentId?: string
  readonly facts: ActorFacts
  readonly machine?: MachineName
  /** Its context is there within the focus only. */
  readonly snapshot: FrameSnapshot
}

/**
 * All actors of one aggregate as they stand after its step `sequence`: replaces what is known of the aggregate. At the
 * beginning, when the focus changes, and after frames were dropped.
 */
export interface ActorsFrame {
  readonly type: '@mrdian.actors'
  readonly aggregate: string
  readonly at: number
  readonly sequence: number
  readonly actors: readonly ListedActor[]
}

/** All present actors have been told; what follows happens now. */
export interface ReadyFrame {
  readonly type: '@mrdian.ready'
  readonly now: number
}

/** Frames that were not sent: too many a second, or read too slowly. An `ActorsFrame` of each aggregate concerned follows. */
export interface DroppedFrame {
  readonly type: '@mrdian.dropped'
  /** Since the last word of this kind. */
  readonly count: number
}

/** The engine begins anew: forget everything. */
export interface ResetFrame {
  readonly type: '@mrdian.reset'
  readonly storeId: string
  readonly now: number
}

/** A simulation waits before its next event, or goes on (`waiting: false`). */
export interface StepFrame {
  readonly type: '@mrdian.step'
  readonly waiting: boolean
  readonly now: number
  /** What has happened since the last step, a line each. */
  readonly happened: readonly string[]
}

/** Last line of a history. */
export interface EndFrame {
  readonly type: '@mrdian.end'
  /** False: there were more frames than one answer may have; ask again `from` the time `next`. */
  readonly complete: boolean
  readonly frames: number
  /** Milliseconds since 1970 UTC. */
  readonly next?: number
  /** Why it ends early, where the past cannot be read on. */
  readonly problem?: string
}

export type ControlFrame = HelloFrame | ActorsFrame | ReadyFrame | DroppedFrame | ResetFrame | StepFrame | EndFrame

/** Every message of a compact stream, and every line of a history. */
export type Frame = InspectionFrame | ControlFrame

/** What a viewer may send on a compact stream; anything else is ignored. At most 4 KiB each. */
export type ViewerMessage = FocusRequest | StepRequest

/**
 * The aggregates whose contexts and whole events are wanted from now on, 32 at most; an `ActorsFrame` of each follows.
 * It replaces the focus of before.
 */
export interface FocusRequest {
  readonly type: '@mrdian.focus'
  readonly aggregates: readonly string[]
}

/** To a simulation that runs step by step. */
export interface StepRequest {
  readonly type: '@mrdian.step'
  readonly action: 'next' | 'continue' | 'quit'
}

// ------------------------------------------------------------------------------------------------------ requests

/**
 * Query of `GET /inspect/stream`; `user`, `mrd`, `dialog`, `focus` may stand several times.
 *
 * `user`: actors of these users, and calls that they are on. `mrd`: of media, tasks, calls and queues those of these
 * MRDs (1 is voice); users, presences and sides pass. `dialog`: these dialogs, with the medium and the user above them.
 * Whoever gives several kinds gets what passes them all.
 */
export interface StreamQuery {
  readonly ticket?: string
  /** `stately` (when left out): frames of the package only. `mrdian`: compact, with control frames. */
  readonly format?: 'stately' | 'mrdian'
  readonly user?: readonly string[]
  readonly mrd?: readonly string[]
  readonly dialog?: readonly string[]
  /** Compact streams: aggregates as in `FocusRequest`. Users that `user` names are in focus without it. */
  readonly focus?: readonly string[]
}

/**
 * Query of `GET /inspect/history`: what these users, dialogs or aggregates went through. One `user`, `dialog` or
 * `aggregate` at least, 8 in all at most. Times are ISO 8601 or milliseconds since 1970 UTC. First the actors as they
 * stood at `from` (actor frames without `position`), then what happened from `from` up to `to`, both included, ordered by
 * `position`. Definitions are left out unless `definitions=true`.
 */
export interface HistoryQuery {
  readonly user?: readonly string[]
  readonly dialog?: readonly string[]
  readonly aggregate?: readonly string[]
  /** Of media, tasks, calls only those of these MRDs. */
  readonly mrd?: readonly string[]
  readonly from?: string
  /** Now, when left out. */
  readonly to?: string
  /** Instead of `from` and `to`: the middle of a span. */
  readonly at?: string
  /** Length of that span in milliseconds: 600000 unless given, a day at most. */
  readonly span?: string
  /** At most so many frames; 20000 unless given, 100000 at most. */
  readonly limit?: string
  readonly definitions?: 'true' | 'false'
}

/** Answer of `POST /inspect/tickets`. */
export type { Admission } from './access/admission.ts'

/** Answer of `GET /inspect/machines`: the configuration of each machine, actions and guards by name, as JSON. */
export type Machines = Readonly<Record<MachineName, FrameJson>>

/**
 * Query and fragment of a link to a user and a moment: `/inspect/?user=1001&at=2026-03-01T10:42:00Z#ticket=…`. Browsers
 * send no fragment: the ticket is in nobody's log. With `at` or `from` the viewer shows history, else the present.
 */
export interface ViewerLink {
  readonly user?: string
  readonly mrd?: string
  readonly dialog?: string
  readonly at?: string
  readonly span?: string
  /** Fragment: a ticket for `POST /inspect/tickets` (as Bearer), within ten minutes, once. */
  readonly ticket?: string
}
