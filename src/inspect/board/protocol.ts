/**
 * What the board's page and the server say to each other. Types only: the page is built from it as well.
 *
 * | Request | |
 * |---|---|
 * | `GET /inspect/board` | the page; no sign-in, no data |
 * | `POST /inspect/board/tickets` | HTTP Basic, or `Authorization: Bearer` with a session: answers `BoardAdmission` |
 * | `GET /inspect/board/stream` | WebSocket; `?ticket=`, or Basic. Each message is one `BoardMessage` as JSON |
 *
 * Supervisors get the agents of the teams that they supervise, administrators all, others 403. Same origin only.
 * Refusals are JSON: `{ error, message, about }`.
 *
 * A stream begins with `begin`, all agents in some `change` messages, and `ready`. From then on `change` says what is
 * different. Messages are numbered: whoever misses a number connects again. A new `begin` may come at any time and
 * means: forget everything.
 */
import type { Side } from '../../../machines/wire.ts'
import type { PresenceState, QueueValue } from '../../engine/values.ts'
import type { Admission } from '../access/admission.ts'

export const BOARD_PROTOCOL = 1

/** Id of the voice MRD: the agent state of the user. */
export const VOICE = '1'

export interface BoardAdmission extends Admission {
  readonly viewer: BoardViewer
}

export interface BoardViewer {
  readonly id: string
  readonly role: 'administrator' | 'supervisor'
}

/** An agent in one medium. */
export interface BoardCell {
  /** Wire value: `UserState` in the voice MRD, `MediaState` in the others. */
  readonly state: string
  /** Since when, in milliseconds since 1970 UTC; null before the first sign-in. */
  readonly since: number | null
  /** Open dialogs. */
  readonly dialogs: number
  /** Nonvoice, signed in: so many dialogs at once at most. */
  readonly limit?: number
  /** Label of the reason code. */
  readonly reason?: string
  /** Voice: the state that comes when the call is over. */
  readonly pending?: string
  /** Nonvoice, signed in: the agent gets no new tasks. */
  readonly notRoutable?: true
}

export interface BoardAgent {
  readonly id: string
  readonly name: string
  readonly loginName: string
  readonly team: string
  /** By side. */
  readonly presence: Readonly<Partial<Record<Side, PresenceState>>>
  /** The side that acts for the agent. */
  readonly side: Side
  /** By MRD; media that the agent does not belong to are absent. */
  readonly cells: Readonly<Record<string, BoardCell>>
}

export interface BoardSide {
  readonly side: Side
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  readonly reason: string
}

interface Numbered {
  /** 1, 2, 3, … of this stream. */
  readonly number: number
  /** Time of the server: milliseconds since 1970 UTC. */
  readonly now: number
}

export interface BeginMessage extends Numbered {
  readonly type: 'begin'
  readonly protocol: typeof BOARD_PROTOCOL
  readonly viewer: BoardViewer
  /** How many agents the viewer sees. */
  readonly agents: number
  /** Voice first. */
  readonly mrds: readonly { readonly id: string; readonly name: string }[]
  /** Those that the viewer sees. */
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly queues: readonly QueueValue[]
  readonly sides: readonly BoardSide[]
  /** The inspector's viewer is there to link to. */
  readonly hasInspector: boolean
  /** Time stands still but for what `now` says: a server in virtual time. */
  readonly timeStandsStill: boolean
}

/** What is different; agents as a whole. */
export interface ChangeMessage extends Numbered {
  readonly type: 'change'
  readonly agents?: readonly BoardAgent[]
  readonly queues?: readonly QueueValue[]
  readonly sides?: readonly BoardSide[]
}

/** All that there was has been told. */
export interface ReadyMessage extends Numbered {
  readonly type: 'ready'
}

/** Nothing has happened for a while; the stream lives. */
export interface BeatMessage extends Numbered {
  readonly type: 'beat'
}

export type BoardMessage = BeginMessage | ChangeMessage | ReadyMessage | BeatMessage

/** Why a stream was closed by the server, as WebSocket codes. */
export const CLOSED = {
  /** The server stops. */
  stopping: 1001,
  /** The viewer may not see the board any more. */
  forbidden: 4403,
  /** It reads too slowly, or does not answer. */
  slow: 4408,
} as const
