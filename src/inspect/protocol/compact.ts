/** Control frames of compact streams, and the messages that a viewer may send. */
import type { ActorFacts, FrameSnapshot, InspectionFrame, MachineName, PROTOCOL } from './frames.ts'

/** First message of a compact stream. */
export interface HelloFrame {
  readonly type: '@mrdian.hello'
  readonly protocol: typeof PROTOCOL
  /** Version of mrdian. */
  readonly version: string
  /** Changes with every reset; then positions count from 1 again. */
  readonly storeId: string
  /** Time of the engine in milliseconds since 1970 UTC. */
  readonly now: number
  /** Names, numbers and values of call variables are `(hidden)`. */
  readonly redacted: boolean
  /** True if `GET /inspect/history` can show the past. */
  readonly history: boolean
  /** Most inspection frames a second for this viewer. Further frames are dropped. */
  readonly framesPerSecond: number
  /** True if a simulation runs step by step, so that the viewer may send `StepRequest`. */
  readonly steps: boolean
}

/**
 * The names of the directory, by id. It follows `HelloFrame`, and comes again when a reload or a reset changed the
 * directory. An engine without a directory, such as a data file, has none.
 */
export interface NamesFrame {
  readonly type: '@mrdian.names'
  /** First and last names of users. Empty if `HelloFrame.redacted`, because names are personal. */
  readonly users: Readonly<Record<string, string>>
  /** Names of MRDs. */
  readonly media: Readonly<Record<string, string>>
}

/** One actor of an `ActorsFrame`. */
export interface ListedActor {
  readonly sessionId: string
  readonly parentId?: string
  readonly facts: ActorFacts
  readonly machine?: MachineName
  /** It has a context only inside the focus. */
  readonly snapshot: FrameSnapshot
}

/**
 * All actors of one aggregate after its step `sequence`. It replaces everything that the viewer knows about the
 * aggregate. It is sent at the beginning, when the focus changes, and after frames were dropped.
 */
export interface ActorsFrame {
  readonly type: '@mrdian.actors'
  readonly aggregate: string
  readonly at: number
  readonly sequence: number
  readonly actors: readonly ListedActor[]
}

/** All present actors were sent. The frames that follow are live. */
export interface ReadyFrame {
  readonly type: '@mrdian.ready'
  readonly now: number
}

/** Frames were dropped: too many a second, or read too slowly. An `ActorsFrame` of each such aggregate follows. */
export interface DroppedFrame {
  readonly type: '@mrdian.dropped'
  /** Number of frames since the last message of this type. */
  readonly count: number
}

/** The engine was reset: forget everything. */
export interface ResetFrame {
  readonly type: '@mrdian.reset'
  readonly storeId: string
  readonly now: number
}

/** A simulation waits before its next event, or continues (`waiting: false`). */
export interface StepFrame {
  readonly type: '@mrdian.step'
  readonly waiting: boolean
  readonly now: number
  /** The events since the last step, one line each. */
  readonly happened: readonly string[]
}

/** Last line of a history. */
export interface EndFrame {
  readonly type: '@mrdian.end'
  /** False if there were more frames than one answer may have. Then ask again `from` the time `next`. */
  readonly complete: boolean
  readonly frames: number
  /** Milliseconds since 1970 UTC. */
  readonly next?: number
  /** Why the history ends early, if the rest of the past cannot be read. */
  readonly problem?: string
}

export type ControlFrame =
  | HelloFrame
  | NamesFrame
  | ActorsFrame
  | ReadyFrame
  | DroppedFrame
  | ResetFrame
  | StepFrame
  | EndFrame

/** Every message of a compact stream, and every line of a history. */
export type Frame = InspectionFrame | ControlFrame

/** A message that a viewer may send on a compact stream, at most 4 KiB. Other messages are ignored. */
export type ViewerMessage = FocusRequest | StepRequest

/**
 * Sets the focus: the aggregates whose contexts and whole events are wanted from now on, at most 32. An `ActorsFrame`
 * of each follows. It replaces the previous focus.
 */
export interface FocusRequest {
  readonly type: '@mrdian.focus'
  readonly aggregates: readonly string[]
}

/** Controls a simulation that runs step by step. */
export interface StepRequest {
  readonly type: '@mrdian.step'
  readonly action: 'next' | 'continue' | 'quit'
}
