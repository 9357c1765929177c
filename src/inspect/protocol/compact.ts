/** What compact streams have beside inspection frames: control frames, and what a viewer may say. */
import type { ActorFacts, FrameSnapshot, InspectionFrame, MachineName, PROTOCOL } from './frames.ts'

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
