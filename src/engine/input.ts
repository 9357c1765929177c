/**
 * Inputs: everything that can move an aggregate, as one typed union. Inputs are plain data; the journal keeps them.
 */
import type { CallView, NamedValue, OfferRefusal, TaskFacts } from '../../machines/effects.ts'
import type { Failure } from '../../machines/failures.ts'
import type { Availability, CallEvent, DeadlineName, Dependency, UserEvent } from '../../machines/index.ts'
import type { LegState, Reason, Side } from '../../machines/wire.ts'
import type { Platform } from '../directory/model.ts'
import type { QueueSetup } from './aggregate/queue/state.ts'
import type { UserSetup } from './aggregate/user/setup.ts'
import type { FaultInput } from './api.ts'

/** Events of a machine without their time: the aggregate stamps them. */
type Unstamped<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

/** What a user machine is asked or told from outside. */
export type UserInputEvent = Unstamped<
  Extract<
    UserEvent,
    {
      type:
        | 'SIGN_IN'
        | 'READY'
        | 'NOT_READY'
        | 'SIGN_OUT'
        | 'WORK'
        | 'MEDIA_SIGN_IN'
        | 'MEDIA_STATE'
        | 'MEDIA_ROUTABLE'
        | 'DIALOG_ACTION'
        | 'PRESENCE'
        | 'SERVICE_LOST'
        | 'SERVICE_BACK'
        | 'SESSIONS_LOST'
        | 'LINK_LOST'
        | 'LINK_BACK'
        | 'PATH_LOST'
        | 'PATH_BACK'
        | 'PERIPHERAL_LOST'
        | 'CALLS_FOUND'
        | 'USER_EVENT'
        | 'MEDIA_EVENT'
        | 'TASK_EVENT'
    }
  >
>

/** Between aggregates. Delivered in order of their number per pair; duplicates are dropped. */
export type Message =
  // queue -> user
  | { readonly type: 'offer'; readonly mrd: string; readonly offer: string; readonly task: TaskFacts }
  | { readonly type: 'customerCancels'; readonly task: string }
  | {
      readonly type: 'resubmitted'
      readonly mrd: string
      readonly dialog: string
      readonly task: string
      /** Which transfer this answers; `null` for the newest. */
      readonly attempt: number | null
    }
  | {
      readonly type: 'resubmissionRefused'
      readonly mrd: string
      readonly dialog: string
      readonly reason: string
      /** Which transfer this answers; `null` for the newest. */
      readonly attempt: number | null
    }
  // user -> queue
  | { readonly type: 'availability'; readonly user: string; readonly version: number; readonly claim: Availability }
  | {
      readonly type: 'offered'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly dialog: string
    }
  | { readonly type: 'accepted'; readonly user: string; readonly task: string; readonly offer: string }
  | {
      readonly type: 'refused'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly reason: OfferRefusal
    }
  | { readonly type: 'handled'; readonly task: string }
  | {
      readonly type: 'resubmit'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      readonly attempt: number
    }
  | { readonly type: 'cancelResubmission'; readonly task: string; readonly attempt: number | null }
  | { readonly type: 'ended'; readonly task: string; readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST' }
  // queue -> queue
  | {
      readonly type: 'enqueue'
      readonly original: string
      readonly scriptSelector: string
      readonly variables: readonly NamedValue[]
      readonly associatedDialog: string
    }
  | { readonly type: 'enqueued'; readonly original: string; readonly task: string }
  | { readonly type: 'withdraw'; readonly task: string }
  // voice queue -> call, call <-> user
  | { readonly type: 'call'; readonly event: Unstamped<Extract<CallEvent, { type: 'ARRIVES' }>> }
  | { readonly type: 'legRefused'; readonly user: string }
  | { readonly type: 'wrapUpOver'; readonly user: string }
  | { readonly type: 'agentSignedOut'; readonly user: string }
  /** The agent will leave when the call ends, or will not after all. */
  | { readonly type: 'agentLeaves'; readonly user: string; readonly leaves: boolean }
  | {
      readonly type: 'leg'
      readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
      readonly leg: LegState
      readonly notAnswered: boolean
      readonly call: CallView
      readonly requestId: string
    }
  | {
      readonly type: 'legFailed'
      readonly dialog: string
      readonly failure: Failure
      readonly detail: string
      readonly requestId: string
    }

export type Input =
  /**
   * A command, a presence, a user event or a fault, as the user machine understands it. `untilHeard`, with a presence: who
   * is awaited is so until `heard`. Older versions did not say so, and awaited nobody who had come.
   */
  | { readonly kind: 'user'; readonly event: UserInputEvent; readonly untilHeard?: true }
  | {
      readonly kind: 'call'
      readonly event: Unstamped<Extract<CallEvent, { type: 'ANSWER' | 'DROP' | 'CALLER_HANGS_UP' }>>
    }
  /** `wasHeard`: the ACD was heard up to now. Machine version 2 did not say so, and kept no last heartbeat. */
  | {
      readonly kind: 'side'
      readonly change: 'LOST' | 'BACK'
      readonly dependency: Dependency
      readonly wasHeard?: true
    }
  /** A simulated failure that changes how the ACD behaves, or its end. */
  | { readonly kind: 'fault'; readonly fault: FaultInput }
  /** Something that an ACD outside says to a user. */
  | {
      readonly kind: 'acd'
      readonly event: Extract<Message, { type: 'offer' | 'customerCancels' | 'resubmitted' | 'resubmissionRefused' }>
    }
  | {
      readonly kind: 'submitTask'
      readonly scriptSelector: string
      readonly variables: readonly NamedValue[]
      readonly agentId: string
      readonly keepAgent?: true
    }
  | { readonly kind: 'abandonTask'; readonly task: string }
  /** The values of finished tasks are personal data that has to go. */
  | { readonly kind: 'erase'; readonly tasks: readonly string[] }
  | {
      readonly kind: 'submitCall'
      readonly from: string
      readonly to: string
      readonly user: string
      readonly variables: readonly NamedValue[]
      readonly wrapUp: boolean
      readonly ringMs: number
    }
  | { readonly kind: 'message'; readonly from: string; readonly number: number; readonly body: Message }
  | { readonly kind: 'deadline'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  /**
   * What the directory says of a user. `change` is there when it takes effect as a change that clients hear of; it is not
   * at the start of a new store, where nobody can have known anything else, and for an erasure.
   */
  | { readonly kind: 'configuredUser'; readonly setup: UserSetup; readonly change?: UserChange }
  /** The user is not in the directory any more; `reason` goes with the sign-out. */
  | { readonly kind: 'removedUser'; readonly reason: Reason }
  /**
   * The process or a notification service was gone while the user was there, or was awaited: what is undelivered, and
   * what is added to it, waits for the user to come back to one of these sides.
   */
  | { readonly kind: 'awaited'; readonly sides: readonly Side[] }
  /**
   * The user is back: nothing waits any more on a side where the user is. `missed`: rows of the outbox that leave without
   * the user, because they are for another side or no session takes them.
   */
  | { readonly kind: 'heard'; readonly missed: readonly number[] }
  /** The user did not come back to the side in time. `missed`: rows of the outbox that leave without the user. */
  | { readonly kind: 'notBack'; readonly side: Side; readonly missed: readonly number[] }
  | { readonly kind: 'configuredQueue'; readonly setup: QueueSetup }
  /** The MRD of the queue is not in the directory any more. */
  | { readonly kind: 'removedQueue' }
  | { readonly kind: 'configuredSide'; readonly platform: Platform }
  /** The clock of this start is behind the journal: whatever the aggregate knows happened so much earlier, in ms. */
  | { readonly kind: 'clockSetBack'; readonly by: number }
  /** For queues and sides: from now on nothing is offered and nobody signs in; or, not `on`, that is over. */
  | { readonly kind: 'draining'; readonly on: boolean }

/** How a user in the directory differs from before. */
export type UserChange =
  | { readonly type: 'ADDED' }
  /** `extensionReason`: why a user is not available who is signed in at an extension that is not the user's any more. */
  | { readonly type: 'CHANGED'; readonly extensionReason: Reason }

const KINDS: ReadonlySet<string> = new Set<Input['kind']>([
  'user',
  'call',
  'side',
  'fault',
  'acd',
  'submitTask',
  'abandonTask',
  'erase',
  'submitCall',
  'message',
  'deadline',
  'configuredUser',
  'removedUser',
  'awaited',
  'heard',
  'notBack',
  'configuredQueue',
  'removedQueue',
  'configuredSide',
  'clockSetBack',
  'draining',
])

/** Is this row of a journal an input that this version knows? What wrote it was typed; the kind says by which union. */
export function isInput(value: unknown): value is Input {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    KINDS.has(value.kind)
  )
}
