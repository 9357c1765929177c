/** The part of a frame that a viewer keeps: one event or one state of one actor. */
import type { FrameEvent, FrameFacts, FrameJson, FrameSnapshot } from '../../../protocol.ts'

export interface Seen {
  readonly state: string
  readonly status: FrameSnapshot['status']
  /** Absent if the actor was outside the focus at that time. */
  readonly context: FrameJson | undefined
}

/** It has the facts of the frame unchanged. Without `position` it shows a present state. */
export interface Heard extends Omit<FrameFacts, 'index'> {
  /** Id of the frame. A frame is not kept twice. */
  readonly id: string
  readonly kind: 'actor' | 'event' | 'snapshot'
  /** Session id of the actor. */
  readonly session: string
  /** The event; for a snapshot, the event before it. */
  readonly event?: FrameEvent
  /** Session id of the sender; absent for external events and deadlines. */
  readonly source?: string
  /** Absent for an event. */
  readonly seen?: Seen
}

/** A kept frame at its place in a timeline. */
export interface Moment extends Heard {
  /** Position of the external input or deadline that caused it, as far back as is known. */
  readonly episode: number | undefined
  /** Number within its timeline; numbers have no gaps. */
  readonly index: number
}
