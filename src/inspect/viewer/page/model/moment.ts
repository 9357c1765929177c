/** What a viewer keeps of one frame: one thing that happened to one actor, or how it stood. */
import type {
  ActorFacts,
  FrameJson,
  FrameOrigin,
  FrameSnapshot,
  MachineName,
  TakenTransition,
} from '../../../protocol.ts'

export interface Seen {
  readonly state: string
  readonly status: FrameSnapshot['status']
  /** Absent where nobody asked for it when it happened. */
  readonly context: FrameJson | undefined
}

export interface Heard {
  /** Of the frame; the same one is not kept twice. */
  readonly id: string
  readonly kind: 'actor' | 'event' | 'snapshot'
  /** The actor that it happened to. */
  readonly session: string
  readonly facts: ActorFacts
  readonly machine: MachineName | undefined
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly aggregate: string
  /** Number of the step among those of the aggregate. */
  readonly sequence: number
  /** Of the step in the journal; `undefined`: it tells how an actor stands, not what has happened. */
  readonly position: number | undefined
  readonly input: string | undefined
  readonly origin: FrameOrigin | undefined
  readonly cause: number | undefined
  /** What happened; for a snapshot what led to it. */
  readonly event: Readonly<{ type: string; [member: string]: FrameJson }> | undefined
  /** Actor that sent the event; `undefined`: it came from outside, or from a deadline. */
  readonly source: string | undefined
  readonly transitions: readonly TakenTransition[]
  /** `undefined` for an event. */
  readonly seen: Seen | undefined
}

/** Something heard, at its place in a timeline. */
export interface Moment extends Heard {
  /** Position of the input from outside, or of the deadline, that led to it, as far back as is known. */
  readonly episode: number | undefined
  /** Runs up through all moments of one timeline, without holes. */
  readonly index: number
}
