/**
 * The protocol between the board's page and the server. Only types, because the page is built from it too.
 *
 * | Request | |
 * |---|---|
 * | `GET /inspect/board` | the page; no sign-in, no data |
 * | `POST /inspect/board/tickets` | HTTP Basic, or `Authorization: Bearer` with the secret of a wallboard: answers `BoardAdmission`. Basic also sets the cookie of the sign-in |
 * | `GET /inspect/board/sign-in` | goes on with the sign-in of the cookie: `BoardAdmission`, or 204 if there is none |
 * | `DELETE /inspect/board/sign-in` | signs out |
 * | `GET`, `POST /inspect/board/kiosks`, `DELETE /inspect/board/kiosks/{id}` | administrators list, make (`{ name }`) and revoke links of wallboards: `BoardKiosk`, `NewBoardKiosk` |
 * | `GET /inspect/board/stream` | WebSocket; `?ticket=`, the cookie, or Basic. Each message is one `BoardMessage` as JSON |
 * | `POST /inspect/board/states` | a supervisor changes the state of a member of a supervised team: `BoardStateChange`; 204, or 409 with the reason |
 * | `POST /inspect/board/messages` | a message to teams: `BoardTeamMessage`; 204 |
 *
 * Supervisors get the agents of the teams that they supervise. Administrators get all agents, and so do wallboards, which
 * have a link: `/inspect/board#kiosk=SECRET`. Others get 403. Only for the same origin. Refusals are JSON: `{ error, message, about }`.
 *
 * A stream begins with `begin`, `change` messages with all agents, and `ready`. From then on `change` contains what has
 * changed. Messages are numbered; if a number is missing, the page connects again. A new `begin` may come at any time
 * and means that the page must forget everything.
 */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { LegState, Side } from '../../../machines/wire.ts'
import type { MobileValue, PresenceState, QueueValue } from '../../engine/values.ts'
import type { Admission } from '../access/admission.ts'

export const BOARD_PROTOCOL = 1

/** Id of the voice MRD: the agent state of the user. */
export const VOICE = '1'

export interface BoardAdmission extends Admission {
  readonly viewer: BoardViewer
}

export interface BoardViewer {
  /** Id of the account, or of the link of a wallboard. */
  readonly id: string
  /** `kiosk`: a wallboard that was opened by a link. It sees what an administrator sees and can do nothing. */
  readonly role: 'administrator' | 'supervisor' | 'kiosk'
}

/** The link of a wallboard. */
export interface BoardKiosk {
  readonly id: string
  readonly name: string
  /** The administrator who made it. */
  readonly by: string
  /** When it was made, in milliseconds since 1970 UTC. */
  readonly at: number
}

/** A new link. The secret is in no other answer. */
export interface NewBoardKiosk extends BoardKiosk {
  readonly secret: string
}

/** What `PUT /finesse/api/User/{id}` of a supervisor does (`user 5.7`). The engine gives the reason code. */
export interface BoardStateChange {
  readonly user: string
  readonly state: 'READY' | 'NOT_READY' | 'LOGOUT'
}

/** What `POST /finesse/api/TeamMessage` does (`dialog 9`). */
export interface BoardTeamMessage {
  /** Ids, at least one. */
  readonly teams: readonly string[]
  readonly content: string
  readonly durationSeconds: number
}

/** An agent in one medium. */
export interface BoardCell {
  /** Wire value: `UserState` in the voice MRD, `MediaState` in the others. */
  readonly state: string
  /** Time of the last change of state, in milliseconds since 1970 UTC; null before the first sign-in. */
  readonly since: number | null
  /** Open dialogs. */
  readonly dialogs: number
  /** Most dialogs at once. Only in nonvoice media, while signed in. */
  readonly limit?: number
  /** Label of the reason code. */
  readonly reason?: string
  /** The state after the call. Only in voice. */
  readonly pending?: string
  /** Only in voice, if there are any. */
  readonly calls?: readonly BoardCall[]
  /** Only in voice, of a mobile agent. The board does not show the number of the telephone. */
  readonly mobile?: MobileValue
  /** Ids of the agent's calls that interrupt the medium. Only while INTERRUPTED, if calls do. */
  readonly interruptedBy?: readonly string[]
  /** The agent gets no new tasks. Only in nonvoice media, while signed in. */
  readonly notRoutable?: true
  /** Why the agent may not get a contact now (`media 4.5`). Absent if one may come. */
  readonly prevented?: BoardObstacle
}

export interface BoardObstacle {
  readonly why: OfferRefusal
  /** With BUSY_ELSEWHERE: MRDs of the work that holds the agent. */
  readonly heldBy?: readonly string[]
}

/** A call of an agent. */
export interface BoardCall {
  readonly id: string
  /** `OTHER_IN`, `CONSULT`, `CONFERENCE`, … (`dialog 1.3`). */
  readonly type: string
  /** State of the agent on the call. */
  readonly state: LegState
  /** Time of the last change of that state, in milliseconds since 1970 UTC; null if a failover made it unknown (CCX). */
  readonly since: number | null
  /** By this call a supervisor listens: the agent is heard, or is the one who listens. */
  readonly monitors?: 'agent' | 'supervisor'
  /** The other parties. */
  readonly others: readonly BoardParty[]
  /** Name of the queue in which it waits for another agent. Absent if it waits in none. */
  readonly waitsIn?: string
}

export interface BoardParty {
  /** Name of an agent; empty for a party outside, whose number the board does not show. */
  readonly name: string
  readonly state: LegState
}

export interface BoardAgent {
  readonly id: string
  readonly name: string
  readonly loginName: string
  readonly team: string
  /** By side. */
  readonly presence: Readonly<Partial<Record<Side, PresenceState>>>
  /** The side that acts for the agent: that of the newest available presence, else of the last sign-in (`media 13`). */
  readonly side: Side
  /** By MRD. Media of which the agent is not a member are absent. */
  readonly cells: Readonly<Record<string, BoardCell>>
}

export interface BoardSide {
  readonly side: Side
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  readonly reason: string
}

/** In milliseconds: waits by MRD, times by agent state. */
export interface BoardMarks {
  readonly waitMs: Readonly<Record<string, number>>
  readonly stateMs: Readonly<Record<string, number>>
}

/**
 * A queue in a quarter of an hour: its begin (ms since 1970 UTC), the most who waited at once, how many an agent took,
 * and the longest wait so far of anybody (ms). Quarters in which nobody waited and came are absent.
 */
export type BoardQuarter = readonly [from: number, waiting: number, taken: number, longestMs: number]

/** The last day of the queues, by MRD, oldest quarter first. Voice has the sums of all queues of calls. */
export type BoardHistory = Readonly<Record<string, readonly BoardQuarter[]>>

interface Numbered {
  /** 1, 2, 3, … within this stream. */
  readonly number: number
  /** Time of the server: milliseconds since 1970 UTC. */
  readonly now: number
}

export interface BeginMessage extends Numbered {
  readonly type: 'begin'
  readonly protocol: typeof BOARD_PROTOCOL
  readonly viewer: BoardViewer
  /** Number of agents that the viewer sees. */
  readonly agents: number
  /** Voice first. */
  readonly mrds: readonly { readonly id: string; readonly name: string }[]
  /** The teams that the viewer sees. */
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly queues: readonly QueueValue[]
  readonly sides: readonly BoardSide[]
  /** Empty if the store keeps no history, and until it was read. */
  readonly history: BoardHistory
  /** From when on a wait, or the time in a state, is marked. Empty: never. */
  readonly limits: BoardMarks
  /** The viewer may write messages and, as a supervisor, change states. */
  readonly mayAct: boolean
  /** True if the inspector's viewer is served and this viewer may use it, so that the page may link to it. */
  readonly hasInspector: boolean
  /** True for a server in virtual time: the time is always the `now` of the last message. */
  readonly timeStandsStill: boolean
}

/** The changes. Agents are sent as a whole. */
export interface ChangeMessage extends Numbered {
  readonly type: 'change'
  readonly agents?: readonly BoardAgent[]
  readonly queues?: readonly QueueValue[]
  readonly sides?: readonly BoardSide[]
  readonly history?: BoardHistory
}

/** The whole present state was sent. */
export interface ReadyMessage extends Numbered {
  readonly type: 'ready'
}

/** A sign of life of the stream, sent at regular intervals. */
export interface BeatMessage extends Numbered {
  readonly type: 'beat'
}

export type BoardMessage = BeginMessage | ChangeMessage | ReadyMessage | BeatMessage

/** WebSocket close codes of the server. */
export const CLOSED = {
  /** The server stops. */
  stopping: 1001,
  /** The viewer may not see the board any more. */
  forbidden: 4403,
  /** The page reads too slowly, or does not answer pings. */
  slow: 4408,
} as const
