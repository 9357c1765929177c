/**
 * Effects: what a machine wants to happen outside, as data. They are emitted in the order in which they are to happen
 * and carry values, never references to state that may move on.
 */
import type { Failure, Rejection } from './failures.ts'
import type {
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
} from './wire.ts'

/** What changes about a user; names and teams come from the directory. */
export interface UserView {
  readonly state: UserState
  /** Milliseconds since 1970 UTC; `null` as long as the user was never seen. */
  readonly stateChangeTime: number | null
  readonly pendingState: '' | 'READY' | 'NOT_READY' | 'LOGOUT'
  readonly reason: Reason | null
  readonly extension: string
  readonly mobileAgent: { readonly mode: MobileAgentMode; readonly dialNumber: string } | null
}

/** What an agent settles with a sign-in to a medium (`media 5.1`). */
export interface SignInSettings {
  readonly maxDialogLimit: number
  readonly interruptAction: InterruptAction
  readonly dialogLogoutAction: DialogLogoutAction
}

/** What changes about a user in one MRD, with the settings that count: those of the acting side. */
export interface MediaView extends SignInSettings {
  readonly mrd: string
  readonly actingSide: Side
  /** What each side knows of the sign-in (`media 3.3`). */
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

/** A task as the ACD handed it over. */
export interface TaskFacts {
  /** The ACD's id of the task. */
  readonly id: string
  readonly scriptSelector: string
  readonly variables: readonly NamedValue[]
  readonly queueNumber: string
  readonly queueName: string
  /** Dialog from which the task was resubmitted, or `''`. */
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

/** One party of a call. */
export interface LegView {
  readonly mediaAddress: string
  /** User id when the party is an agent. */
  readonly user?: string
  readonly state: LegState
  readonly stateCause: '' | 'BUSY' | 'BAD_DESTINATION' | 'DEVICE_RESOURCE_NOT_AVAILABLE' | 'OTHER'
  readonly actions: readonly ('ANSWER' | 'DROP')[]
  readonly startTime: number
  readonly stateChangeTime: number
}

/** A voice dialog. */
export interface CallView {
  readonly dialog: string
  readonly fromAddress: string
  readonly toAddress: string
  readonly dnis: string
  readonly dialedNumber: string
  readonly callType: string
  readonly variables: readonly NamedValue[]
  readonly state: CallState
  readonly legs: readonly LegView[]
}

/** What a failure is about; decides the node that carries it. */
export type Subject =
  | { readonly kind: 'user' }
  | { readonly kind: 'media'; readonly mrd: string }
  | { readonly kind: 'task'; readonly mrd: string; readonly dialog: string }
  | { readonly kind: 'call'; readonly dialog: string }

/** Deadlines that end a state by themselves. The engine wakes the owner with an event of this name. */
export type DeadlineName =
  | 'START_TIMEOUT'
  | 'MAX_TASK_DURATION'
  | 'TRANSFER_TIMEOUT'
  | 'PRESENCE_GRACE_OVER'
  | 'WRAP_UP_TIMEOUT'
  | 'RING_TIMEOUT'
  | 'TASK_LIFE'
  | 'LATE_CONFIRMATION'

/** Why an offer came back to the ACD. */
export type OfferRefusal =
  | 'NOT_SIGNED_IN'
  | 'NOT_READY'
  | 'NOT_ROUTABLE'
  | 'NO_CAPACITY'
  | 'BUSY_ELSEWHERE'
  | 'LINK_DOWN'
  | 'PATH_DOWN'
  /** The agent's aggregate could not take it in: a fault of this program. */
  | 'FAILED'

/** What the ACD is told. */
export type AcdNotice =
  | { readonly ask: 'accepted'; readonly task: string; readonly offer: string; readonly dialog: string }
  /** The offer stands: the task is at the agent as `dialog`. */
  | { readonly ask: 'offered'; readonly task: string; readonly offer: string; readonly dialog: string }
  | { readonly ask: 'refused'; readonly task: string; readonly offer: string; readonly reason: OfferRefusal }
  | { readonly ask: 'handled'; readonly task: string; readonly dialog: string }
  | {
      readonly ask: 'resubmit'
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /** Counts the transfers of a dialog, so that a late answer is not taken for another's; 0 for the automatic ones. */
      readonly attempt: number
    }
  | {
      readonly ask: 'cancelResubmission'
      readonly task: string
      readonly dialog: string
      /** The attempt that was confirmed too late; `null` if the ACD did not say. */
      readonly attempt: number | null
    }
  | {
      readonly ask: 'ended'
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }

export type Effect =
  /** `only`: told again on one side, for which it is news. */
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
  /** A user tells a call that the wrap-up is over. */
  | { readonly type: 'call.wrapUpOver'; readonly dialog: string }
  /** A user tells a call that the agent is signed out (ruling 47). */
  | { readonly type: 'call.agentSignedOut'; readonly dialog: string }
  /** A user tells a call whether the agent leaves when it ends, and so wraps nothing up. */
  | { readonly type: 'call.agentLeaves'; readonly dialog: string; readonly leaves: boolean }
  /** A user cannot take the leg of a call. */
  | { readonly type: 'call.legRefused'; readonly dialog: string }
  /** A call tells one of its agents how the leg stands. */
  | {
      readonly type: 'leg'
      readonly user: string
      readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
      readonly leg: LegState
      /** The leg was never answered in time (RONA). */
      readonly notAnswered: boolean
      readonly call: CallView
      readonly requestId: string
    }
  | {
      readonly type: 'leg.failed'
      readonly user: string
      readonly dialog: string
      readonly failure: Failure
      readonly detail: string
      readonly requestId: string
    }
  /** A followed Finesse took this step. Accepted even when no table lists it: any state may follow any other. */
  | {
      readonly type: 'followed'
      readonly what: string
      readonly from: string
      readonly to: string
      readonly listed: boolean
    }
