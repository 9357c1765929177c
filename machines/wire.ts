/**
 * The values that clients see. The states of the machines have exactly these names.
 */

/** One of the two Finesse sides (`media 13`). */
export type Side = 'A' | 'B'

/** Agent state, voice (`user 5.1`). `LOGIN` is a request, never a state. */
export const USER_STATES = [
  'LOGOUT',
  'NOT_READY',
  'READY',
  'RESERVED',
  'RESERVED_OUTBOUND',
  'RESERVED_OUTBOUND_PREVIEW',
  'TALKING',
  'HOLD',
  'WORK',
  'WORK_READY',
  'UNKNOWN',
] as const
export type UserState = (typeof USER_STATES)[number]

/** Agent state in one nonvoice MRD (`media 4.1`). Clients never see `LOGIN` (ruling 38). */
export const MEDIA_STATES = [
  'LOGOUT',
  'NOT_READY',
  'READY',
  'RESERVED',
  'ACTIVE',
  'PAUSED',
  'WORK_READY',
  'INTERRUPTED',
  'WORK_NOT_READY',
] as const
export type MediaState = (typeof MEDIA_STATES)[number]

/** State of a nonvoice dialog and of its one participant (`media 8`). */
export const TASK_STATES = [
  'OFFERED',
  'ACCEPTED',
  'ACTIVE',
  'PAUSED',
  'WRAPPING_UP',
  'INTERRUPTED',
  'CLOSED',
  'UNKNOWN',
] as const
export type TaskState = (typeof TASK_STATES)[number]

/** State of a voice dialog (`dialog 2.1`). */
export const CALL_STATES = ['INITIATING', 'INITIATED', 'ALERTING', 'ACTIVE', 'FAILED', 'DROPPED', 'ACCEPTED'] as const
export type CallState = (typeof CALL_STATES)[number]

/** State of one participant of a voice dialog (`dialog 2.2`). */
export const LEG_STATES = [
  'INITIATING',
  'INITIATED',
  'ALERTING',
  'ACTIVE',
  'FAILED',
  'HELD',
  'DROPPED',
  'WRAP_UP',
  'ACCEPTED',
] as const
export type LegState = (typeof LEG_STATES)[number]

/** The actions on a nonvoice dialog (`media 8`). */
export type TaskAction = 'ACCEPT' | 'START' | 'PAUSE' | 'RESUME' | 'WRAP_UP' | 'CLOSE' | 'TRANSFER'

/** The supported actions on a call, of those in `dialog 4.13`. An action that is not here is in no list of actions. */
export const CALL_ACTIONS = [
  'ANSWER',
  'HOLD',
  'RETRIEVE',
  'DROP',
  'UPDATE_CALL_DATA',
  'SEND_DTMF',
  'CONSULT_CALL',
  'TRANSFER_SST',
  'TRANSFER',
  'CONFERENCE',
  'PARTICIPANT_DROP',
  'ACCEPT',
  'CLOSE',
  'REJECT',
  'RECLASSIFY',
  'UPDATE_SCHEDULED_CALLBACK',
  'CANCEL_SCHEDULED_CALLBACK',
] as const
export type CallAction = (typeof CALL_ACTIONS)[number]

/**
 * The actions in the list of a leg. A supervisor who listens may barge in, which is no action on the monitor call. CCX
 * records calls.
 */
export type ListedAction = CallAction | 'BARGE_CALL' | 'START_RECORDING'

/** The actions on the reservation of a campaign (`dialog 5.1`). */
export type ReservationAction = Extract<CallAction, 'ACCEPT' | 'CLOSE' | 'REJECT'>

/** The actions on a leg that need no more than its address (`dialog 4.4`, 5.1). */
export type LegAction = Extract<CallAction, 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP'> | ReservationAction

/** The actions on a held call that join it with the active call of the agent (`dialog 4.4`). */
export type JoinAction = Extract<CallAction, 'TRANSFER' | 'CONFERENCE'>

/** Who may drop other agents from a conference (`dialog 4.12`). */
export type DropParticipantFor = 'supervisor_only' | 'conference_controller_and_supervisor' | 'all'

/** Why a nonvoice dialog is CLOSED (`media 10`). */
export type DispositionCode =
  | 'CD_NORMAL_END_TASK'
  | 'CD_TASK_TRANSFER'
  | 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT'
  | 'CD_RING_NO_ANSWER'
  | 'CD_MAX_DIALOG_LIFETIME_EXCEEDED'
  | 'CD_TASK_ABANDONED_WHILE_OFFERED'
  | 'CD_AGENT_LOGGED_OUT_DURING_DIALOG'
  | 'CD_APPLICATION_DISCONNECTED'

/** Whether an interrupt is accepted. The agent chooses it at the sign-in to a medium (`media 5.1`). */
export type InterruptAction = 'ACCEPT' | 'IGNORE'

/** What happens to open tasks at the sign-out (`media 12.5`). */
export type DialogLogoutAction = 'CLOSE' | 'TRANSFER'

/** How a mobile agent is reached (`user 7`). */
export type MobileAgentMode = 'CALL_BY_CALL' | 'NAILED_CONNECTION'

/** The reason code of a state (`user 6.1`). */
export interface Reason {
  /** Database id. */
  readonly id: string
  readonly category: 'NOT_READY' | 'LOGOUT'
  /** The number that the ACD knows. */
  readonly code: number
  readonly label: string
  readonly forAll: boolean
  readonly systemCode: boolean
}
