/**
 * What the engine shows of its state: values for reads, notifications and embedders, before any XML.
 *
 * Times are milliseconds since 1970 UTC; `null` where Finesse would print an empty element. All values are plain
 * data (JSON), so that the outbox can keep them.
 */
import type { Failure } from '../../machines/failures.ts'
import type {
  CallAction,
  CallState,
  DialogLogoutAction,
  DispositionCode,
  InterruptAction,
  LegState,
  MediaState,
  MobileAgentMode,
  Reason,
  Side,
  TaskAction,
  TaskState,
  UserState,
} from '../../machines/wire.ts'
import type { Platform, Role, WrapUpMode } from '../directory/model.ts'

/** A user with everything that `GET User` shows (`user 3.1`). */
export interface UserValue {
  readonly kind: 'user'
  readonly id: string
  readonly loginId: string
  readonly loginName: string
  readonly firstName: string
  readonly lastName: string
  readonly roles: readonly Role[]
  readonly state: UserState
  readonly stateChangeTime: number | null
  /** Next state after the call, or `''` (`user 5.5`). */
  readonly pendingState: 'READY' | 'NOT_READY' | 'LOGOUT' | ''
  readonly reason?: Reason
  /** Id of the reason, `-1` without one in NOT_READY and LOGOUT, `null` (element absent) elsewhere (ruling 5). */
  readonly reasonCodeId: string | null
  /** Current extension, `''` when signed out. */
  readonly extension: string
  readonly settings: { readonly wrapUpOnIncoming: WrapUpMode; readonly wrapUpOnOutgoing: WrapUpMode }
  readonly wrapUpTimer: number
  readonly teamId: string
  readonly teamName: string
  /** Supervised teams; empty for agents (then no element is shown). */
  readonly supervises: readonly TeamRef[]
  /** Only for a user signed in as mobile agent, and only on the side of that sign-in (`user 7`). */
  readonly mobileAgent?: { readonly mode: MobileAgentMode; readonly dialNumber: string }
}

export interface TeamRef {
  readonly id: string
  readonly name: string
}

/** One user in one nonvoice MRD (`media 3`). */
export interface MediaValue {
  readonly kind: 'media'
  readonly user: string
  /** The MRD id. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interruptible: boolean
  /** Absent for a user outside the MRD: the short form of `media 3.2`. */
  readonly status?: MediaStatus
}

export interface MediaStatus {
  readonly state: MediaState
  readonly stateChangeTime: number | null
  readonly routable: boolean
  readonly maxDialogLimit: number
  readonly interruptAction: InterruptAction
  readonly dialogLogoutAction: DialogLogoutAction
  readonly reason?: Reason
  /** Id of the reason, `-1` as in `media 3.3`, `''` when none was chosen. */
  readonly reasonCodeId: string
  /** The side has its ACD link (ruling 19). */
  readonly mediaConnected: boolean
}

/** A nonvoice dialog (`media 7`). */
export interface TaskDialogValue {
  readonly kind: 'task'
  readonly id: string
  readonly user: string
  /** The MRD id, `mediaProperties/mediaId`. */
  readonly mrd: string
  /** Enterprise name of the MRD, `mediaType`. */
  readonly mediaType: string
  /** Id of the dialog that this one was resubmitted from, or `''`. */
  readonly associatedDialog: string
  readonly queueNumber: string
  readonly queueName: string
  readonly callKey: CallKey
  readonly variables: readonly Variable[]
  readonly state: TaskState
  readonly dispositionCode: DispositionCode | ''
  readonly actions: readonly TaskAction[]
  readonly startTime: number
  readonly stateChangeTime: number
}

/** Number of a contact within its day, as the ACD counts it (`dialog 1.2`). */
export interface CallKey {
  readonly prefix: string
  readonly callId: string
  readonly sequence: string
}

export interface Variable {
  readonly name: string
  readonly value: string
}

/** A voice dialog (`dialog 1`). */
export interface CallDialogValue {
  readonly kind: 'call'
  readonly id: string
  readonly fromAddress: string
  readonly toAddress: string
  /** `mediaProperties/DNIS`, `dialedNumber`, `callType` (`dialog 1.3`). */
  readonly dnis: string
  readonly dialedNumber: string
  readonly callType: string
  readonly variables: readonly Variable[]
  readonly state: CallState
  readonly participants: readonly CallParticipantValue[]
}

export interface CallParticipantValue {
  /** Extension or outside number. */
  readonly mediaAddress: string
  /** User id when the party is an agent. */
  readonly user?: string
  readonly state: LegState
  readonly stateCause: '' | 'BUSY' | 'BAD_DESTINATION' | 'DEVICE_RESOURCE_NOT_AVAILABLE' | 'OTHER'
  /** In the order of the wire (`dialog 3`). */
  readonly actions: readonly CallAction[]
  readonly startTime: number
  readonly stateChangeTime: number
}

export type DialogValue = TaskDialogValue | CallDialogValue

/** One side's view of the whole (`user 9.1`). Hosts and domains are added by the front that knows them. */
export interface SystemInfoValue {
  readonly kind: 'systemInfo'
  readonly side: Side
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** Empty in service, else why not. */
  readonly statusReason: string
  readonly platform: Platform
  /** Time of the read or notification. */
  readonly currentTime: number
  readonly lastCtiHeartbeatStatus: 'success' | 'failure'
  readonly lastCtiHeartbeatTime: number
}

/** Presence of one user on one side: states of the machine `presence` (`notifications 9.1`). */
export type PresenceState = 'ABSENT' | 'PRESENT' | 'GRACE' | 'UNKNOWN'

/** Where a user can be reached. */
export interface PresenceValue {
  readonly user: string
  /** By side: those that the engine has. */
  readonly sides: Readonly<Partial<Record<Side, PresenceState>>>
  /** The side that acts for the user: that of the newest available presence, else of the last sign-in (`media 13`). */
  readonly actingSide: Side
}

/** The queue of one nonvoice MRD, in figures. */
export interface QueueValue {
  /** The MRD id. */
  readonly mrd: string
  readonly name: string
  /** Tasks that wait for an agent. */
  readonly waiting: number
  /** Tasks that are offered to an agent or with one. */
  readonly reserved: number
  /** When the longest waiting task was queued; `null` when none waits. */
  readonly oldestQueuedAt: number | null
}

/** How far a drain has come, and what is in hand in any case. */
export interface DrainValue {
  /** No new sign-ins and no new offers, on either side. */
  readonly draining: boolean
  /** When it began (ms since 1970 UTC); `null` while there is none. */
  readonly since: number | null
  /** Tasks with an agent: offered, accepted, worked on, paused, interrupted or wrapped up. */
  readonly tasks: number
  /** Calls that ring, are answered, or are wrapped up. */
  readonly calls: number
  /** Tasks that wait in the queues of the built-in ACD: they are offered when the drain is over. */
  readonly waiting: number
  /** Users who are signed in to voice or to any MRD. */
  readonly signedIn: number
}

/** A queue by name (`dialog 8`); each nonvoice MRD is one. */
export interface NamedQueueValue {
  readonly kind: 'queue'
  readonly id: string
  readonly name: string
}

/** Queues that a user got or lost (`notifications 8.11`). */
export interface QueuesValue {
  readonly kind: 'queues'
  readonly user: string
  readonly queues: readonly { readonly id: string; readonly name: string }[]
}

/** An asynchronous error (`user 1.9`, `media 11.4`). */
export interface FailureValue {
  readonly kind: 'failure'
  readonly failure: Failure
  /** MRD of a Media or task failure; shown as `errorMedia`. */
  readonly mrd?: string
  /** What the message of the failure names: dialog id, selector, `ANSWER on extension 1001`, … */
  readonly detail?: string
}

export type PublishedValue =
  | UserValue
  | MediaValue
  | DialogValue
  | NamedQueueValue
  | QueuesValue
  | SystemInfoValue
  | FailureValue

/**
 * A notification: what is published where (`notifications 7`, 8).
 *
 * `shape` says how the wire shows the value: an `item` that changed, or a member of a `collection` that came or went;
 * `summary` is the team view of a user.
 */
export interface Notification {
  /** Pubsub node, for example `/finesse/api/User/1001/Media`. */
  readonly node: string
  readonly event: 'PUT' | 'POST' | 'DELETE'
  readonly source: string
  readonly shape: 'item' | 'collection' | 'summary'
  /** `''` when there is nothing to echo. */
  readonly requestId: string
  readonly value: PublishedValue
}

/** State of a task in the ACD (what `/acd/tasks` shows). */
export type AcdTaskState = 'queued' | 'reserved' | 'handled' | 'abandoned' | 'resubmitted' | 'lost' | 'expired'

/** A task as the built-in ACD sees it. */
export interface AcdTaskValue {
  readonly id: string
  readonly mrd: string
  readonly scriptSelector: string
  readonly state: AcdTaskState
  readonly variables: readonly Variable[]
  /** Dialog of the current or last offer. */
  readonly dialogId?: string
  /** User of the current or last offer. */
  readonly agentId?: string
  /** Only this agent may get it, until it is resubmitted. */
  readonly pinnedTo?: string
  /** The task that took this one's place. */
  readonly resubmittedAs?: string
  readonly queuedAt: number
}
