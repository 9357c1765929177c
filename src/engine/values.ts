/**
 * The public values of the engine's state, for reads, notifications and embedders. The fronts make XML of them.
 *
 * Times are milliseconds since 1970 UTC, or `null` where Finesse prints an empty element. All values are plain
 * data (JSON), because the outbox stores them.
 */
import type { CallQueue, MadeCall, Monitor, OfCampaign } from '../../machines/effects.ts'
import type { Failure } from '../../machines/failures.ts'
import type { CampaignMode } from '../../machines/index.ts'
import type {
  CallState,
  DialogLogoutAction,
  DispositionCode,
  InterruptAction,
  LegState,
  ListedAction,
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
  /** The state that follows the current call, or `''` (`user 5.5`). */
  readonly pendingState: 'READY' | 'NOT_READY' | 'LOGOUT' | ''
  readonly reason?: Reason
  /** Id of the reason, `-1` without one in NOT_READY and LOGOUT, `null` (element absent) elsewhere (ruling 5). */
  readonly reasonCodeId: string | null
  /** Current extension; `''` for a user who is signed out. */
  readonly extension: string
  readonly settings: { readonly wrapUpOnIncoming: WrapUpMode; readonly wrapUpOnOutgoing: WrapUpMode }
  readonly wrapUpTimer: number
  readonly teamId: string
  readonly teamName: string
  /** Supervised teams. Empty for agents: the XML then has no such element. */
  readonly supervises: readonly TeamRef[]
  /** Only for a user who is signed in as a mobile agent, and only on the side of that sign-in (`user 7`). */
  readonly mobileAgent?: { readonly mode: MobileAgentMode; readonly dialNumber: string }
  /** Is the user busy with a call that the user makes, while NOT_READY? CCX only, and shown in teams only (`user 3.1`). */
  readonly mediaState?: 'BUSY' | 'IDLE'
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
  /** Absent for a user who is not in the MRD: the short form of `media 3.2`. */
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
  /** Id of the reason; `-1` as in `media 3.3`; `''` if none was chosen. */
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
  /** Id of the dialog from which this task was resubmitted, or `''`. */
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

/** The ACD's key of a contact: the day as `prefix`, and the number of the contact on that day (`dialog 1.2`). */
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
  /** The call during which an agent makes this one; absent for other calls (`dialog 1.2`). */
  readonly associatedDialog?: string
  /** Id of the call that was joined into this one last (`dialog 1.2`). Absent before. */
  readonly secondaryId?: string
  readonly fromAddress: string
  readonly toAddress: string
  /** `mediaProperties/DNIS`, `dialedNumber`, `callType` (`dialog 1.3`). */
  readonly dnis: string
  readonly dialedNumber: string
  readonly callType: string
  /** Who has made the call, and who has the number dialled; absent for calls from outside to an agent or a queue. */
  readonly made?: MadeCall
  /** The queue that routes the call, and what became of it there; absent for a call to an extension. */
  readonly queue?: CallQueue
  /** Who listens to whom by this call (`dialog 4.9`); absent for other calls. */
  readonly monitor?: Pick<Monitor, 'supervisor' | 'agent'>
  /** What the call is to a campaign; absent for other calls (`dialog 5`). */
  readonly campaign?: OfCampaign
  readonly variables: readonly Variable[]
  /** The reason for the wrap-up that an agent chose; absent until then (`dialog 1.2`). */
  readonly wrapUpReason?: string
  /** The reason is shown as a list too (CCX). Absent if not. */
  readonly hasWrapUpItems?: true
  readonly state: CallState
  readonly participants: readonly CallParticipantValue[]
}

export interface CallParticipantValue {
  /** Extension or outside number. */
  readonly mediaAddress: string
  /** User id when the party is an agent. */
  readonly user?: string
  /**
   * In the view of an agent whom another one consults through a queue: `mediaAddress` is the number of the party about
   * whom `user` consults (`dialog 6.4`). Absent otherwise.
   */
  readonly standsForCaller?: true
  readonly state: LegState
  readonly stateCause: '' | 'BUSY' | 'BAD_DESTINATION' | 'DEVICE_RESOURCE_NOT_AVAILABLE' | 'OTHER'
  /** In the order of the wire (`dialog 3`). */
  readonly actions: readonly ListedAction[]
  readonly startTime: number
  /** `null` if a failover made it unknown (CCX, `dialog 1.2`). */
  readonly stateChangeTime: number | null
}

export type DialogValue = TaskDialogValue | CallDialogValue

/** The state of one side (`user 9.1`). The REST and XMPP fronts add the hosts and domains. */
export interface SystemInfoValue {
  readonly kind: 'systemInfo'
  readonly side: Side
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** Why the side is out of service; empty while it is in service. */
  readonly statusReason: string
  readonly platform: Platform
  /** Time of the read or notification. */
  readonly currentTime: number
  readonly lastCtiHeartbeatStatus: 'success' | 'failure'
  readonly lastCtiHeartbeatTime: number
}

/** Presence of one user on one side: the states of the machine `presence` (`notifications 9.1`). */
export type PresenceState = 'ABSENT' | 'PRESENT' | 'GRACE' | 'UNKNOWN'

/** On which sides a user has an XMPP session. */
export interface PresenceValue {
  readonly user: string
  /** The presence on each side that the engine has. */
  readonly sides: Readonly<Partial<Record<Side, PresenceState>>>
  /** The side of the newest available presence, or of the last sign-in if there is none (`media 13`). */
  readonly actingSide: Side
}

/** How a user is signed in as a mobile agent (`user 7`), without the telephone number. */
export interface MobileValue {
  readonly mode: MobileAgentMode
  /** The nailed connection: it rings at the agent's telephone, or is up. Absent without one, and in a follower. */
  readonly nailed?: 'RINGS' | 'UP'
}

/** The numbers of tasks in the queue of one nonvoice MRD. */
export interface QueueValue {
  /** The MRD id. */
  readonly mrd: string
  readonly name: string
  /** Tasks that wait for an agent. */
  readonly waiting: number
  /** Tasks that are offered to an agent or that an agent has accepted. */
  readonly reserved: number
  /** When the task that has waited longest was queued; `null` if no task waits. */
  readonly oldestQueuedAt: number | null
}

/** The numbers of calls in one queue of calls. */
export interface VoiceQueueValue {
  readonly id: string
  readonly name: string
  /** Calls that wait for an agent. */
  readonly waiting: number
  /** Calls that ring at an agent. */
  readonly ringing: number
  /** When the call that has waited longest came; `null` if no call waits. */
  readonly oldestQueuedAt: number | null
}

/** Whether the engine is draining, and the current work. The numbers are also valid when the engine is not draining. */
export interface DrainValue {
  /** True: both sides refuse new sign-ins, and no task is offered. */
  readonly draining: boolean
  /** When the drain began (ms since 1970 UTC); `null` if there is none. */
  readonly since: number | null
  /** Tasks with an agent: offered, accepted, worked on, paused, interrupted or wrapped up. */
  readonly tasks: number
  /** Calls that wait in a queue, ring, were answered, or are in wrap-up. */
  readonly calls: number
  /** Tasks that wait in the queues of the built-in ACD. They are offered when the drain is over. */
  readonly waiting: number
  /** Users who are signed in to voice or to any MRD. */
  readonly signedIn: number
}

/**
 * The calls in a queue, and what its agents do (`dialog 8`). In a queue without agents all numbers are -1. An agent
 * counts in at most one of the numbers besides `agentsLoggedOn`.
 */
export interface QueueStatistics {
  /** Calls, or tasks, that wait for an agent. -1 if an external ACD has the queue. */
  readonly callsInQueue: number
  /** When the one that has waited longest came; `null` if none waits. */
  readonly startTimeOfLongestCallInQueue: number | null
  readonly agentsReady: number
  readonly agentsNotReady: number
  /** Agents who work on a call of another queue. In the queue of an MRD: agents whose work is interrupted. */
  readonly agentsBusyOther: number
  /** Agents who are signed in. */
  readonly agentsLoggedOn: number
  readonly agentsTalkingInbound: number
  readonly agentsTalkingOutbound: number
  readonly agentsTalkingInternal: number
  readonly agentsWrapUpNotReady: number
  readonly agentsWrapUpReady: number
}

/** The Queue object (`dialog 8`). Each nonvoice MRD has one queue, and calls have queues of their own. */
export interface NamedQueueValue {
  readonly kind: 'queue'
  readonly id: string
  readonly name: string
  /** Absent in the notification of a queue that was removed. */
  readonly statistics?: QueueStatistics
}

/** Queues that were assigned to a user or taken from a user (`notifications 8.11`). */
export interface QueuesValue {
  readonly kind: 'queues'
  readonly user: string
  readonly queues: readonly { readonly id: string; readonly name: string }[]
}

/** A message to teams (`dialog 9`). */
export interface TeamMessageValue {
  readonly kind: 'teamMessage'
  readonly id: string
  /** The user or administrator who wrote it. Administrators have no names. */
  readonly createdBy: { readonly id: string; readonly firstName: string; readonly lastName: string }
  /** A full second. */
  readonly createdAt: number
  /** The message ends this many seconds after `createdAt`. */
  readonly durationSeconds: number
  readonly content: string
  /** Ids of the teams. */
  readonly teams: readonly string[]
}

/** An asynchronous error (`user 1.9`, `media 11.4`). */
export interface FailureValue {
  readonly kind: 'failure'
  readonly failure: Failure
  /** The MRD of a failure of a Media or of a task; `errorMedia` in the XML. */
  readonly mrd?: string
  /** The part of the message that varies: a dialog id, a selector, `ANSWER on extension 1001`, … */
  readonly detail?: string
}

export type PublishedValue =
  | UserValue
  | MediaValue
  | DialogValue
  | NamedQueueValue
  | QueuesValue
  | SystemInfoValue
  | TeamMessageValue
  | FailureValue

/**
 * A notification: a value, and the pubsub node on which it is published (`notifications 7`, 8).
 *
 * `shape` says how the XML shows the value. `item`: an object that changed. `collection`: a member that was added to a
 * collection or removed from it. `summary`: the short form of a user that teams get.
 */
export interface Notification {
  /** Pubsub node, for example `/finesse/api/User/1001/Media`. */
  readonly node: string
  readonly event: 'PUT' | 'POST' | 'DELETE'
  readonly source: string
  readonly shape: 'item' | 'collection' | 'summary'
  /**
   * `requestId` of the command whose requested action, or failure, this is. `''` without one, for consequences, and for
   * changes of media and tasks unless `settings.echoMediaRequestId` is set (ruling 7).
   */
  readonly requestId: string
  readonly value: PublishedValue
}

/** State of a task in the built-in ACD, as `/acd/tasks` shows it. */
export type AcdTaskState = 'queued' | 'reserved' | 'handled' | 'abandoned' | 'resubmitted' | 'lost' | 'expired'

/** A task of the built-in ACD. */
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
  /** The only agent who may get the task, until it is resubmitted. */
  readonly pinnedTo?: string
  /** Id of the task that replaces this one. */
  readonly resubmittedAs?: string
  readonly queuedAt: number
}

/** How a number outside answers a call. */
export type OutsideNumber =
  | {
      readonly outcome: 'answer'
      /** Seconds that it rings before it answers. */
      readonly ringSeconds: number
      /** Seconds after the answer at which the party outside hangs up; `null`: it waits until the agent does. */
      readonly talkSeconds: number | null
    }
  /** `no-answer`: it rings for three minutes, unless the agent hangs up before. Then the call fails. */
  | { readonly outcome: 'busy' | 'bad-number' | 'no-answer' }

/** A campaign of the built-in ACD. Times are in seconds. */
export interface CampaignValue {
  readonly id: string
  readonly name: string
  readonly mode: CampaignMode
  /** Id of the queue whose free agents are reserved. */
  readonly queue: string
  /** The number from which agents are called. */
  readonly dialler: string
  /** The queue has numbers of its own, so that its agents take calls of customers too. */
  readonly isBlended: boolean
  readonly linesPerAgent: number
  readonly previewSeconds: number
  readonly noAnswerSeconds: number
  readonly retrySeconds: number
  readonly attemptsMax: number
  readonly isRunning: boolean
  /** Numbers of contacts, by state. */
  readonly contacts: {
    readonly waiting: number
    readonly reserved: number
    readonly later: number
    readonly closed: number
  }
}

/** What became of the contacts of a campaign. */
export interface CampaignFigures extends Pick<CampaignValue, 'id' | 'isRunning' | 'contacts'> {
  /** How often one of its contacts was tried. */
  readonly attempts: number
  /** Agents who are reserved for it and do not talk to a customer yet. */
  readonly agents: number
  /** Numbers of contacts by what became of them last. Contacts that were not tried are in none. */
  readonly results: Readonly<Record<string, number>>
}

/** A contact of a campaign. */
export interface ContactValue {
  readonly id: string
  readonly number: string
  /** `waits`: for a free agent. `reserved`: an agent has it. `later`: it is called again at `due`. */
  readonly state: 'waits' | 'reserved' | 'later' | 'closed'
  readonly attempts: number
  /** What became of it last; absent before the first attempt. */
  readonly outcome?: string
  /** Milliseconds since 1970 UTC. */
  readonly due?: number
  /** The call with the customer who was reached last; absent before. */
  readonly dialog?: string
}

/** How the numbers outside answer: `numbers` has those that differ from `default`. */
export interface NetworkValue {
  readonly default: OutsideNumber
  readonly numbers: Readonly<Record<string, OutsideNumber>>
}

/** A change of the network outside. What is absent stays as it is. `null`: the number behaves as the others again. */
export interface NetworkChange {
  readonly default?: OutsideNumber | undefined
  readonly numbers?: Readonly<Record<string, OutsideNumber | null>> | undefined
}
