/** What a viewer keeps of one frame: one thing that happened to one actor, or how it stood. */
import type { FrameEvent, FrameFacts, FrameJson, FrameSnapshot } from '../../../protocol.ts'

export interface Seen {
  readonly state: string
  readonly status: FrameSnapshot['status']
  /** Absent where nobody asked for it when it happened. */
  readonly context: FrameJson | undefined
}

/** What the frame says of the step is there as it came; without `position` it tells how an actor stands. */
export interface Heard extends Omit<FrameFacts, 'index'> {
  /** Of the frame; the same one is not kept twice. */
  readonly id: string
  readonly kind: 'actor' | 'event' | 'snapshot'
  /** The actor that it happened to. */
  readonly session: string
  /** What happened; for a snapshot what led to it. */
  readonly event?: FrameEvent
  /** Actor that sent the event; absent where it came from outside, or from a deadline. */
  readonly source?: string
  /** Absent in an event. */
  readonly seen?: Seen
}

/** Something heard, at its place in a timeline. */
export interface Moment extends Heard {
  /** Position of the input from outside, or of the deadline, that led to it, as far back as is known. */
  readonly episode: number | undefined
  /** Runs up through all moments of one timeline, without holes. */
  readonly index: number
}
