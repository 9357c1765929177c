/**
 * Effects: what has to happen outside of a machine, as data. Machines emit them in the order in which they have to
 * happen. They contain values, never references to state that may change later.
 */

import type { Callback, CampaignNews, Classification, Reached } from './call/campaign.ts'
import type { JoinTerms } from './call/conference.ts'
import type { Consult, Joining, OtherCall } from './call/model.ts'
import type { Barge } from './call/monitor.ts'
import type { Failure, Rejection } from './failures.ts'
import type {
  CallState,
  DialogLogoutAction,
  DispositionCode,
  InterruptAction,
  JoinAction,
  LegState,
  MediaState,
  MobileAgentMode,
  Reason,
  Side,
  TaskAction,
  TaskState,
  UserState,
} from './wire.ts'

/** The state of a user. Names and teams are not in it, because they come from the directory. */
export interface UserView {
  readonly state: UserState
  /** Milliseconds since 1970 UTC; `null` before the first sign-in. */
  readonly stateChangeTime: number | null
  readonly pendingState: '' | 'READY' | 'NOT_READY' | 'LOGOUT'
  readonly reason: Reason | null
  readonly extension: string
  readonly mobileAgent: { readonly mode: MobileAgentMode; readonly dialNumber: string } | null
  /** On CCX: does the user make a call, while NOT_READY? Absent on CCE. */
  readonly mediaState?: 'BUSY' | 'IDLE'
}

/** The settings that an agent chooses at the sign-in to a medium (`media 5.1`). */
export interface SignInSettings {
  readonly maxDialogLimit: number
  readonly interruptAction: InterruptAction
  readonly dialogLogoutAction: DialogLogoutAction
}

/** The state of a user in one MRD. The settings are those of the acting side. */
export interface MediaView extends SignInSettings {
  readonly mrd: string
  readonly actingSide: Side
  /** The settings that each side knows (`media 3.3`). A side that does not know the sign-in is absent. */
  readonly signIns: Readonly<Partial<Record<Side, SignInSettings>>>
  readonly state: MediaState
  readonly stateChangeTime: number | null
  readonly routable: boolean
  readonly interruptible: boolean
  readonly reason: Reason | null
  readonly connected: boolean
}

export interface NamedValue {
  readonly name: string
  readonly value: string
}

/** The data of a task that come from the ACD. */
export interface TaskFacts {
  /** The ACD's id of the task. */
  readonly id: string
  readonly scriptSelector: string
  readonly variables: readonly NamedValue[]
  readonly queueNumber: string
  readonly queueName: string
  /** The dialog from which the task was resubmitted, or `''`. */
  readonly associatedDialog: string
}

/** A nonvoice dialog. */
export interface TaskView {
  readonly dialog: string
  readonly mrd: string
  readonly task: TaskFacts
  readonly state: TaskState
  readonly dispositionCode: DispositionCode | ''
  readonly actions: readonly TaskAction[]
  readonly startTime: number
  readonly stateChangeTime: number
}

/** One party of a call. `legActions` gives its allowed actions. */
export interface LegView {
  readonly mediaAddress: string
  /** User id when the party is an agent. */
  readonly user?: string
  readonly state: LegState
  readonly stateCause: '' | 'BUSY' | 'BAD_DESTINATION' | 'DEVICE_RESOURCE_NOT_AVAILABLE' | 'OTHER'
  readonly startTime: number
  /** `null` if it is not known: a Finesse says so of calls after a failover (CCX, `dialog 1.2`). */
  readonly stateChangeTime: number | null
  /** The agent has another active call, with which a call on hold may be joined. Absent otherwise. */
  readonly talksElsewhere?: true
  /** The agent may drop others from the conference. Absent otherwise. */
  readonly dropsOthers?: true
  /** The agent cannot end the wrap-up before the call has a wrap-up reason. Absent otherwise. */
  readonly needsReason?: true
  /** What an embedder's ACD calls the party outside. Absent without one, and for agents. */
  readonly far?: string
  /** It is the dialler of a campaign. Absent otherwise. */
  readonly isDialler?: true
  /** `mediaAddress` is the number of the party about whom this agent consults. Absent otherwise. */
  readonly standsForCaller?: true
  /** The agent is reserved for a campaign. Absent otherwise. */
  readonly reserved?: true
  /** The agent talks with a customer of a campaign. Absent otherwise. */
  readonly ofCampaign?: true
  /** The customer of the campaign is to be called back. Absent otherwise. */
  readonly hasCallback?: true
  /** The leg of a monitor call: of the supervisor who listens, or of the agent. Absent in other calls. */
  readonly monitors?: 'SUPERVISOR' | 'AGENT'
}

/** A call by which a supervisor listens to an agent (`dialog 4.9`). */
export interface Monitor {
  /** Id of the supervisor. */
  readonly supervisor: string
  /** Id of the agent. */
  readonly agent: string
  /** The call to which the supervisor listened first. The agent may have joined it with another one since then. */
  readonly of: string
}

/** What became of a call to a queue. */
export type QueueOutcome =
  /** Nobody has it yet. */
  | 'WAITING'
  /** It rings at an agent. */
  | 'RINGING'
  | 'ANSWERED'
  /** The caller gave up. */
  | 'ABANDONED'
  /** Nobody answered in time. */
  | 'TIMED_OUT'
  /** The agent who called the queue has transferred another call there, which waits in its place. */
  | 'TRANSFERRED'
  /** The queue was removed from the directory. */
  | 'QUEUE_REMOVED'

/** A call in a queue, whose place another one takes. */
export interface Replaced {
  readonly call: string
  /** The agent at whom it rings, as the call knows it; `''` if at none. */
  readonly offeredTo: string
}

/** The queue of a call. */
export interface CallQueue {
  /** Id of the queue. */
  readonly number: string
  readonly name: string
  readonly outcome: QueueOutcome
}

/** An agent's call to a queue. */
export interface RoutedCall {
  /** Id of the agent. */
  readonly caller: string
  /** In a consult call: the number of the party about whom the agent consults. Absent in other calls. */
  readonly fromAddress?: string
}

/** Who has made a call to a number, and who has that number. */
export interface MadeCall {
  readonly by: 'agent' | 'outside'
  readonly to: 'agent' | 'queue' | 'full' | 'outside' | 'nobody'
}

/** What a call is to its campaign. */
export interface OfCampaign {
  /** Id of the campaign. */
  readonly id: string
  /**
   * `preview`: a reservation that the agent sees. `line`: one that only the state of the agent shows. `customer`: the call
   * with the customer.
   */
  readonly part: 'preview' | 'line' | 'customer'
  /** What the dialler has heard. Absent in reservations. */
  readonly classification?: Classification
  /** Absent if the customer is not to be called back. */
  readonly callback?: Callback
}

/** A voice dialog. */
export interface CallView {
  readonly dialog: string
  /** The call during which an agent makes this one, to consult somebody. Absent for other calls. */
  readonly associatedDialog?: string
  /** The call that was joined into this one last (`dialog 1.2`). Absent before. */
  readonly secondaryId?: string
  readonly fromAddress: string
  readonly toAddress: string
  readonly dnis: string
  readonly dialedNumber: string
  readonly callType: string
  /** Absent if the call came from outside, to an agent or a queue. Stays when the call is transferred. */
  readonly made?: MadeCall
  /** Absent if the call was not routed by a queue. */
  readonly queue?: CallQueue
  /** Absent if the call is of no campaign. */
  readonly campaign?: OfCampaign
  /** An agent has called the queue. Absent for other calls. Other agents see the call as a routed one: see `seenBy`. */
  readonly routed?: RoutedCall
  /** Absent if nobody listens by this call. */
  readonly monitor?: Monitor
  readonly variables: readonly NamedValue[]
  /** Absent until an agent has set one. */
  readonly wrapUpReason?: string
  readonly state: CallState
  readonly legs: readonly LegView[]
}

/** The object that a failure concerns. It decides the node of the notification. */
export type Subject =
  | { readonly kind: 'user' }
  | { readonly kind: 'media'; readonly mrd: string }
  | { readonly kind: 'task'; readonly mrd: string; readonly dialog: string }
  | { readonly kind: 'call'; readonly dialog: string }
  /** A call that the user wanted to make, and that does not exist. */
  | { readonly kind: 'newCall' }

/** Names of deadlines. When a deadline is due, the engine sends an event of this name to its owner. */
export type DeadlineName =
  | 'START_TIMEOUT'
  | 'MAX_TASK_DURATION'
  | 'TRANSFER_TIMEOUT'
  | 'PRESENCE_GRACE_OVER'
  | 'WRAP_UP_TIMEOUT'
  | 'RING_TIMEOUT'
  | 'TASK_LIFE'
  | 'LATE_CONFIRMATION'
  | 'QUEUE_TIMEOUT'
  | 'ANSWER_DUE'
  | 'TALK_OVER'
  | 'FAILURE_TIMEOUT'
  /** An embedder's ACD has not said how a number outside answers. */
  | 'NUMBER_TIMEOUT'
  /** A number answers a dialler, or the dialler gives it up. */
  | 'LINE_DUE'
  /** A campaign calls a customer again. */
  | 'CAMPAIGN_DUE'
  /** A contact has waited long enough for more agents of its queue. */
  | 'OVERFLOW_DUE'

/** Why a user refuses an offer of the ACD. The user's availability in the MRD is not eligible then (`media 4.5`). */
export type OfferRefusal =
  /** The user is not signed in to the MRD. */
  | 'NOT_SIGNED_IN'
  /** The user's own state in the MRD is NOT_READY. */
  | 'NOT_READY'
  /** The user is not routable in the MRD. */
  | 'NOT_ROUTABLE'
  /** The user has `maxDialogLimit` open dialogs in the MRD. */
  | 'NO_CAPACITY'
  /** The user works in another MRD that may not be interrupted, or on a call. */
  | 'BUSY_ELSEWHERE'
  /** The user is WORK_NOT_READY in the MRD, because the link to the ACD is down. */
  | 'LINK_DOWN'
  /** The application path of the MRD is down. */
  | 'PATH_DOWN'
  /** Only `mayTakeTask` of an embedder refused it. The agent's availability does not show that. */
  | 'RULES'
  /**
   * The step of the agent's aggregate failed, because of an error in this program. Only the built-in ACD gets it. For an
   * `AcdPort`, `offer` rejects with `EngineUnavailable`.
   */
  | 'FAILED'

/** A message of a user to the ACD. */
export type AcdNotice =
  | { readonly ask: 'accepted'; readonly task: string; readonly offer: string; readonly dialog: string }
  /** The task became the dialog `dialog` of the agent. */
  | { readonly ask: 'offered'; readonly task: string; readonly offer: string; readonly dialog: string }
  | { readonly ask: 'refused'; readonly task: string; readonly offer: string; readonly reason: OfferRefusal }
  | { readonly ask: 'handled'; readonly task: string; readonly dialog: string }
  | {
      readonly ask: 'resubmit'
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /**
       * Number of the transfer of this dialog, so that a late answer is recognised. 0 for an automatic resubmission.
       */
      readonly attempt: number
    }
  | {
      readonly ask: 'cancelResubmission'
      readonly task: string
      readonly dialog: string
      /** The attempt that was confirmed too late; `null` if the confirmation had none. */
      readonly attempt: number | null
    }
  | {
      readonly ask: 'ended'
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }

export type Effect =
  /** `only`: published again, on this side alone. */
  | { readonly type: 'user.changed'; readonly user: UserView; readonly requestId: string; readonly only?: Side }
  | { readonly type: 'media.changed'; readonly media: MediaView; readonly requestId: string }
  | {
      readonly type: 'task.added' | 'task.changed' | 'task.removed'
      readonly task: TaskView
      readonly requestId: string
      readonly only?: Side
    }
  | {
      readonly type: 'call.added' | 'call.changed' | 'call.removed'
      readonly call: CallView
      readonly requestId: string
      readonly only?: Side
    }
  | {
      readonly type: 'failed'
      readonly subject: Subject
      readonly failure: Failure
      readonly detail: string
      readonly requestId: string
    }
  | { readonly type: 'rejected'; readonly rejection: Rejection }
  | { readonly type: 'deadline.armed'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  | { readonly type: 'deadline.cleared'; readonly owner: string; readonly name: DeadlineName }
  | { readonly type: 'acd'; readonly notice: AcdNotice }
  /** From a user to a call: the wrap-up is over. */
  | { readonly type: 'call.wrapUpOver'; readonly dialog: string }
  /** From a user to a call: the agent is signed out (ruling 47). */
  | { readonly type: 'call.agentSignedOut'; readonly dialog: string }
  /** From a user to a call: whether the agent is signed out when the call ends, and so does not wrap up. */
  | { readonly type: 'call.agentLeaves'; readonly dialog: string; readonly leaves: boolean }
  /** From a user to a call: whether the agent talks on another call. */
  | { readonly type: 'call.agentTalks'; readonly dialog: string; readonly elsewhere: boolean }
  /** From a user to a call: it goes on hold, because the agent is connected to another one. */
  | { readonly type: 'call.holdsForOther'; readonly dialog: string }
  /** From a user to a call: the agent's other call is on hold now. */
  | { readonly type: 'call.lineIsFree'; readonly dialog: string; readonly requestId: string }
  /** From a user to a call: the agent cannot take the call. */
  | { readonly type: 'call.legRefused'; readonly dialog: string }
  /** From a user to a call that waits for it: the agent's line has taken the call. */
  | { readonly type: 'call.legTaken'; readonly dialog: string }
  /** From a call to the ACD: its agent consults somebody by another call. */
  | { readonly type: 'call.consults'; readonly consult: Consult; readonly requestId: string }
  /** From a mobile agent to the ACD: the call begins that stays up as long as the agent is signed in (`user 7`). */
  | { readonly type: 'user.nails'; readonly extension: string; readonly dialNumber: string }
  /** From a mobile agent to that call: the agent is signed out. */
  | { readonly type: 'call.nailEnds'; readonly dialog: string }
  /** From a mobile agent to the network outside: how does the agent's telephone answer this call? */
  | { readonly type: 'user.phones'; readonly number: string; readonly dialog: string }
  /** From a mobile agent to a call that rings: the agent's telephone cannot be reached. */
  | { readonly type: 'call.phoneFails'; readonly dialog: string }
  /** From a supervisor to an agent: the supervisor wants to listen. */
  | {
      readonly type: 'user.wantsToListen'
      readonly agent: string
      readonly extension: string
      readonly agentExtension: string
      readonly requestId: string
    }
  /** From an agent to a supervisor who wants to listen: that is not possible. */
  | {
      readonly type: 'user.isNotHeard'
      readonly supervisor: string
      readonly failure: Failure
      readonly requestId: string
    }
  /** From an agent to the ACD, which begins the monitor call. */
  | {
      readonly type: 'call.isHeard'
      readonly monitor: Monitor
      readonly extension: string
      readonly agentExtension: string
      readonly requestId: string
    }
  /** From a user to a monitor call: the agent can be heard no more, or the supervisor listens no more. */
  | { readonly type: 'call.monitoringEnds'; readonly dialog: string }
  /** From an agent to the call to which a supervisor listens: the supervisor barges in. */
  | {
      readonly type: 'call.bargesIn'
      readonly dialog: string
      readonly barge: Barge
      readonly requestId: string
    }
  /** From a call to the monitor call of a supervisor who has barged in. */
  | { readonly type: 'call.hasBargedIn'; readonly dialog: string }
  /**
   * From a call to the network outside: how does this number answer? `line`, `record`: the number of the line of a dialler,
   * and the contact of its campaign. Absent for other calls.
   */
  | {
      readonly type: 'network.dialled'
      readonly dialog: string
      readonly number: string
      readonly line?: number
      readonly record?: string
    }
  /** From a reservation to the ACD: a customer has answered, and a call with the agent begins. */
  | { readonly type: 'customer.reached'; readonly reached: Reached }
  /** From that call to the reservation: the agent has the call or, if `isRefused`, could not take it. */
  | { readonly type: 'reservation.over'; readonly reservation: string; readonly isRefused: boolean }
  /** From a call to its campaign. */
  | {
      readonly type: 'campaign.news'
      readonly campaign: string
      readonly dialog: string
      /** The contact that the call is about. Absent if there are several. */
      readonly record?: string
      readonly news: CampaignNews
    }
  /** From a call to its queue: it waits for an agent. */
  | {
      readonly type: 'queue.waits'
      readonly queue: string
      readonly dialog: string
      /** It takes the place of that other call. Absent if it waits at the end. */
      readonly insteadOf?: Replaced
      /** Where it waits: 1 (first) to 10. Absent if the queue gives it none. */
      readonly priority?: number
    }
  /** From a call to its queue: the agent did not answer or, if `isRefused`, could not be called. */
  | {
      readonly type: 'queue.notTaken'
      readonly queue: string
      readonly dialog: string
      readonly user: string
      readonly isRefused: boolean
    }
  /** From a call to its queue: it was answered, or is over. */
  | { readonly type: 'queue.left'; readonly queue: string; readonly dialog: string }
  /** From a call to one of its agents: the state of the leg. */
  | {
      readonly type: 'leg'
      readonly user: string
      readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
      readonly leg: LegState
      /** The agent did not answer in time (RONA). */
      readonly notAnswered: boolean
      /** The call waits until the agent's line has taken it. Absent if it does not. */
      readonly isAwaited?: true
      readonly call: CallView
      readonly requestId: string
      /** The call was joined with another one of the agent. Absent otherwise. */
      readonly joined?: true
      /** It is the monitor call of a supervisor who listens to this agent, which is no call of the agent. */
      readonly isMonitored?: true
      /** The monitor call that this one takes the place of, as it ended: the supervisor has barged in. */
      readonly replaces?: CallView
    }
  /** From a call to the agent who joins it with the active call. */
  | {
      readonly type: 'leg.joins'
      readonly user: string
      readonly dialog: string
      readonly how: JoinAction
      readonly terms: JoinTerms
      readonly requestId: string
    }
  /** From a user to the active call: its parties go to that other one. */
  | {
      readonly type: 'call.joinsInto'
      readonly dialog: string
      readonly into: string
      readonly how: JoinAction
      readonly terms: JoinTerms
      readonly requestId: string
    }
  /** From a call to the one that it is joined into. */
  | {
      readonly type: 'call.sendsLegs'
      readonly dialog: string
      readonly into: string
      readonly joining: Joining
      readonly other: OtherCall
      readonly requestId: string
    }
  /** From a call to the one that was joined into it: the parties are here now. */
  | { readonly type: 'call.hasJoined'; readonly dialog: string; readonly joining: Joining }
  /** From a call to one of its agents: the leg is about to be connected, so other calls have to be on hold. */
  | { readonly type: 'leg.takesLine'; readonly user: string; readonly dialog: string; readonly requestId: string }
  | {
      readonly type: 'leg.failed'
      readonly user: string
      readonly dialog: string
      readonly failure: Failure
      readonly detail: string
      readonly requestId: string
    }
  /** The followed Finesse took this step. It is accepted even if no table lists it: any state may follow any other. */
  | {
      readonly type: 'followed'
      readonly what: string
      readonly from: string
      readonly to: string
      readonly listed: boolean
    }

const EFFECTS: Readonly<Record<Effect['type'], true>> = {
  'user.changed': true,
  'media.changed': true,
  'task.added': true,
  'task.changed': true,
  'task.removed': true,
  'call.added': true,
  'call.changed': true,
  'call.removed': true,
  failed: true,
  rejected: true,
  'deadline.armed': true,
  'deadline.cleared': true,
  acd: true,
  'call.wrapUpOver': true,
  'call.agentSignedOut': true,
  'call.agentLeaves': true,
  'call.agentTalks': true,
  'call.holdsForOther': true,
  'call.lineIsFree': true,
  'call.legRefused': true,
  'call.legTaken': true,
  'call.consults': true,
  'network.dialled': true,
  'user.nails': true,
  'call.nailEnds': true,
  'user.phones': true,
  'call.phoneFails': true,
  'user.wantsToListen': true,
  'user.isNotHeard': true,
  'call.isHeard': true,
  'call.monitoringEnds': true,
  'call.bargesIn': true,
  'call.hasBargedIn': true,
  'customer.reached': true,
  'reservation.over': true,
  'campaign.news': true,
  'queue.waits': true,
  'queue.notTaken': true,
  'queue.left': true,
  leg: true,
  'leg.joins': true,
  'call.joinsInto': true,
  'call.sendsLegs': true,
  'call.hasJoined': true,
  'leg.takesLine': true,
  'leg.failed': true,
  followed: true,
}

/**
 * Is this emitted event an effect? Machines emit nothing else within a tree. A report of a machine without a parent
 * (`reported`) is no effect.
 */
export const isEffect = (emitted: { readonly type: string }): emitted is Effect => Object.hasOwn(EFFECTS, emitted.type)
