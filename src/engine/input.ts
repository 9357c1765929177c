/**
 * Inputs: everything that can change the state of an aggregate, as one typed union. Inputs are plain data, because the
 * journal stores them.
 */
import type { AcdNotice, Effect, NamedValue, TaskFacts } from '../../machines/effects.ts'
import type {
  Availability,
  Barge,
  CallEvent,
  Consult,
  DeadlineName,
  Dependency,
  Joining,
  Listening,
  NailState,
  NumberNews,
  OfferedCall,
  OtherCall,
  Reached,
  UserEvent,
  WrapUp,
} from '../../machines/index.ts'
import type { CallAction, Reason, Side } from '../../machines/wire.ts'
import type { Platform } from '../directory/model.ts'
import type { CampaignSetup, NewContact } from './aggregate/campaign/state.ts'
import type { QueueSetup } from './aggregate/queue/state.ts'
import type { UserSetup } from './aggregate/user/setup.ts'
import type { VoiceQueueSetup } from './aggregate/voice-queue/state.ts'
import type { FaultInput } from './api.ts'
import type { FarEndState } from './call-port.ts'
import type { AcdRequest } from './ports.ts'
import type { NetworkChange } from './values.ts'

/** Events of a machine without their time. The aggregate adds the time when it applies the input. */
type Unstamped<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>

/** What an event of a machine says, without its name. */
type Facts<E extends { readonly type: string }, Type extends E['type']> = Omit<
  Extract<E, { type: Type }>,
  'type' | 'at' | 'requestId'
>

/** An effect of a machine as a message: without the keys that name the receiver. */
type Sent<Type extends Effect['type'], Name extends string, Receiver extends string> = {
  readonly type: Name
} & Omit<EffectOf<Type>, 'type' | Receiver>

/** An availability of a user that the ACD is told. */
interface Claimed {
  readonly user: string
  readonly version: number
  readonly claim: Availability
}

interface Asked {
  readonly requestId: string
}

/** The events of the user machine that come from outside the engine. */
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
        | 'MONITOR'
        | 'BARGE_ASKED'
        | 'USER_EVENT'
        | 'MEDIA_EVENT'
        | 'TASK_EVENT'
        | 'CALL_EVENT'
    }
  >
>

/** The events of the call machine that come from outside the engine. */
export type CallInputEvent = Unstamped<Extract<CallEvent, { type: CallAction | 'CALLER_HANGS_UP' | 'START_RECORDING' }>>

/**
 * A message from one aggregate to another. Messages are numbered for each pair of aggregates and delivered in that
 * order. The receiver drops duplicates.
 */
export type Message =
  // queue -> user
  | { readonly type: 'offer'; readonly mrd: string; readonly offer: string; readonly task: TaskFacts }
  | { readonly type: 'customerCancels'; readonly task: string }
  /** `attempt`: the transfer that this answers; `null` for the newest one. */
  | ({ readonly type: 'resubmitted' } & Facts<UserEvent, 'RESUBMITTED'>)
  | ({ readonly type: 'resubmissionRefused' } & Facts<UserEvent, 'RESUBMISSION_REFUSED'>)
  // user -> queue
  | ({ readonly type: 'availability' } & Claimed)
  | ({ readonly type: 'offered'; readonly user: string } & Omit<Extract<AcdNotice, { ask: 'offered' }>, 'ask'>)
  | { readonly type: 'accepted'; readonly user: string; readonly task: string; readonly offer: string }
  | { readonly type: 'handled'; readonly task: string }
  /** As an external ACD gets them. */
  | Extract<AcdRequest, { type: 'refused' | 'resubmit' }>
  | { readonly type: 'cancelResubmission'; readonly task: string; readonly attempt: number | null }
  | { readonly type: 'ended'; readonly task: string; readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST' }
  // queue -> queue
  | ({ readonly type: 'enqueue'; readonly original: string } & Pick<
      TaskFacts,
      'scriptSelector' | 'variables' | 'associatedDialog'
    >)
  | { readonly type: 'enqueued'; readonly original: string; readonly task: string }
  | { readonly type: 'withdraw'; readonly task: string }
  // user -> queue of calls. `extension`: where the user is signed in.
  | ({ readonly type: 'callAvailability'; readonly extension: string } & Claimed)
  // queue of calls -> call: it rings at the agent, or the queue was removed
  | ({ readonly type: 'ringAt' } & Facts<CallEvent, 'RINGS'>)
  | { readonly type: 'queueRemoved' }
  // call -> queue of calls
  | ({ readonly call: string } & Sent<'queue.waits', 'callWaits', 'queue' | 'dialog'>)
  /** `isRefused`: the agent could not be called. Otherwise the agent did not answer. */
  | { readonly type: 'callNotTaken'; readonly call: string; readonly user: string; readonly isRefused: boolean }
  /** The call was answered, or it is over. */
  | { readonly type: 'callLeftQueue'; readonly call: string }
  // call -> queue of the voice MRD: where the parties outside are that an embedder's ACD knows. `call`: the ACD's id
  | { readonly type: 'acdCallIsIn'; readonly call: string }
  /** `isRefused`: the offered call never was one for the agent. Absent otherwise. */
  | { readonly type: 'acdCallOver'; readonly call: string; readonly isRefused?: true }
  /** The offered call could not begin, because of an error in this program. */
  | {
      readonly type: 'acdCallFailed'
      readonly user: string
      readonly call: string
      readonly offer: string
    }
  // queue of the voice MRD -> call
  | { readonly type: 'farEnd'; readonly call: string; readonly state: FarEndState }
  // call -> queue of the voice MRD; call -> network outside, and its answer
  | { readonly type: 'consults'; readonly consult: Consult; readonly requestId: string }
  /** `dialog`: the call for which the telephone of a mobile agent is called. Absent for other numbers. */
  | ({ readonly dialog?: string } & Sent<'network.dialled', 'dialled', 'dialog'>)
  | { readonly type: 'numberIs'; readonly number: NumberNews; readonly line?: number; readonly dialog?: string }
  // campaign -> queue of calls. `notFor`: agents who would have nothing to do. `loan`: see `agentLent`
  | {
      readonly type: 'seeksAgents'
      readonly campaign: string
      readonly agents: number
      readonly notFor: readonly string[]
    }
  /** `isRefused`: the agent could not be reserved. Otherwise the agent has the reservation, or was not needed. */
  | { readonly type: 'loanOver'; readonly user: string; readonly loan: string; readonly isRefused: boolean }
  // queue of calls -> campaign: a free agent, until `loanOver`
  | {
      readonly type: 'agentLent'
      readonly user: string
      readonly extension: string
      readonly wrapUp: WrapUp
      readonly loan: string
    }
  // campaign -> queue of the voice MRD, which makes the reservation, or answers during a drain that it does not
  | { readonly type: 'reserves'; readonly event: Unstamped<Extract<CallEvent, { type: 'RESERVES' }>> }
  | { readonly type: 'reservationRefused'; readonly user: string; readonly records: readonly string[] }
  // call -> queue of the voice MRD: the dialler has reached a customer
  | { readonly type: 'reaches'; readonly reached: Reached }
  // call -> call: the agent of the reservation has the call or, if `isRefused`, could not take it
  | { readonly type: 'reservationOver'; readonly isRefused: boolean }
  // call -> campaign
  | Sent<'campaign.news', 'campaignNews', 'campaign'>
  // queue of the voice MRD -> call, call <-> user
  | {
      readonly type: 'call'
      readonly event: Unstamped<
        Extract<
          CallEvent,
          {
            type: 'ARRIVES' | 'ENTERS' | 'GOES_OFF_HOOK' | 'CALLS_OUT' | 'MONITORS' | 'NAILS' | 'RESERVES' | 'REACHES'
          }
        >
      >
    }
  // mobile agent -> queue of the voice MRD; call -> mobile agent, and back: the nailed connection
  | { readonly type: 'nails'; readonly extension: string; readonly dialNumber: string }
  | { readonly type: 'nail'; readonly dialog: string; readonly is: NailState }
  | { readonly type: 'nailEnds' }
  // mobile agent -> call: the telephone cannot be reached
  | { readonly type: 'phoneFails'; readonly user: string }
  // supervisor -> agent, and the answer if nobody can listen to the agent
  | ({ readonly type: 'wantsToListen' } & Facts<UserEvent, 'MONITOR_ASKED'> & Asked)
  | ({ readonly type: 'newCallFailed' } & Facts<UserEvent, 'NEW_CALL_FAILED'> & Asked)
  // agent -> queue of the voice MRD: a supervisor listens to the agent
  | { readonly type: 'monitors'; readonly listening: Listening; readonly requestId: string }
  // user -> monitor call: the supervisor listens no more, or the agent has left
  | { readonly type: 'monitoringEnds'; readonly user: string }
  // agent -> call, and that call -> monitor call: the supervisor barges in
  | ({ readonly type: 'bargesIn'; readonly requestId: string } & Barge)
  | { readonly type: 'hasBargedIn' }
  | { readonly type: 'legTaken'; readonly user: string }
  | { readonly type: 'legRefused'; readonly user: string }
  | { readonly type: 'wrapUpOver'; readonly user: string }
  | { readonly type: 'agentSignedOut'; readonly user: string }
  /** `leaves`: the agent is signed out when the call ends, so there will be no wrap-up. False if that is cancelled. */
  | { readonly type: 'agentLeaves'; readonly user: string; readonly leaves: boolean }
  /** Whether the agent talks on another call. */
  | { readonly type: 'agentTalks'; readonly user: string; readonly elsewhere: boolean }
  /** The call goes on hold, because the agent is connected to another one. */
  | { readonly type: 'holdForOther'; readonly user: string }
  /** The agent's other call is on hold now, as `takesLine` asked for. */
  | { readonly type: 'lineIsFree'; readonly user: string; readonly requestId: string }
  /** The agent's leg is about to be connected, so other calls of the agent have to be on hold. */
  | { readonly type: 'takesLine'; readonly dialog: string; readonly requestId: string }
  | Sent<'leg', 'leg', 'user'>
  /** The agent joins this call with the active one, to which the agent's line passes that on. */
  | Sent<'leg.joins', 'joins', 'user'>
  | ({ readonly type: 'joinsInto'; readonly into: string; readonly requestId: string } & Joining)
  // call -> call
  /** The legs of the other call come. */
  | ({ readonly type: 'legsCome'; readonly requestId: string } & Joining & OtherCall)
  /** They have come, so the other call is over. */
  | ({ readonly type: 'hasJoined' } & Joining)
  // call -> user
  | Sent<'leg.failed', 'legFailed', 'user'>

/** What an embedder's ACD says about calls. */
export type AcdCallInput =
  /** It rings at the extension `to`. */
  | ({ readonly type: 'offerCall'; readonly acd: OfferedCall } & Omit<Facts<CallEvent, 'ARRIVES'>, 'acd'>)
  | { readonly type: 'farEnd'; readonly call: string; readonly state: FarEndState }

export type Input =
  /**
   * A command, a presence, a user event or a fault, as an event of the user machine. With `untilHeard`, an available
   * presence does not end the wait for a user who is awaited: only the input `heard` does. Inputs of older versions do
   * not have it: there the presence itself ended the wait.
   */
  | { readonly kind: 'user'; readonly event: UserInputEvent; readonly untilHeard?: true }
  | {
      readonly kind: 'call'
      readonly event: CallInputEvent
    }
  /**
   * A side lost something that it depends on, or got it back. `wasHeard`: the ACD's heartbeat was received until now.
   * Machine version 2 did not write it, and stored no time of the last heartbeat.
   */
  | {
      readonly kind: 'side'
      readonly change: 'LOST' | 'BACK'
      readonly dependency: Dependency
      readonly wasHeard?: true
    }
  /** A simulated failure of the ACD begins or ends. */
  | { readonly kind: 'fault'; readonly fault: FaultInput }
  /** An event of an external ACD for a user. */
  | {
      readonly kind: 'acd'
      readonly event: Extract<Message, { type: 'offer' | 'customerCancels' | 'resubmitted' | 'resubmissionRefused' }>
    }
  /** An embedder's ACD offers a call, or says what a party outside does. */
  | { readonly kind: 'acdCall'; readonly event: AcdCallInput }
  | {
      readonly kind: 'submitTask'
      readonly scriptSelector: string
      readonly variables: readonly NamedValue[]
      readonly agentId: string
      readonly keepAgent?: true
    }
  | { readonly kind: 'abandonTask'; readonly task: string }
  /** Changes a campaign. The first change creates it. */
  | { readonly kind: 'campaign'; readonly change: CampaignChange }
  /**
   * Replaces the values of the variables of these finished tasks, or of these contacts of a campaign, because a customer's
   * data has to be erased.
   */
  | { readonly kind: 'erase'; readonly tasks: readonly string[] }
  | ({ readonly kind: 'submitCall' } & Omit<Facts<CallEvent, 'ARRIVES'>, 'acd'>)
  | ({ readonly kind: 'queueCall' } & Facts<CallEvent, 'ENTERS'>)
  /** An agent calls `to`. The queue of the voice MRD gives the call its id. */
  | ({ readonly kind: 'makeCall' } & Omit<Facts<CallEvent, 'GOES_OFF_HOOK'>, 'associatedDialog' | 'fromAddress'> &
      Partial<Asked>)
  /** A party outside calls a number outside. */
  | ({ readonly kind: 'callOutside' } & Facts<CallEvent, 'CALLS_OUT'>)
  /** Changes how the numbers outside answer. */
  | { readonly kind: 'network'; readonly change: NetworkChange }
  | { readonly kind: 'message'; readonly from: string; readonly number: number; readonly body: Message }
  | { readonly kind: 'deadline'; readonly owner: string; readonly name: DeadlineName; readonly due: number }
  /**
   * The user's entry in the directory. With `change`, clients are notified of what changed. It is absent at the first
   * start on a new store, because no client knows an older state, and for an erasure.
   */
  | { readonly kind: 'configuredUser'; readonly setup: UserSetup; readonly change?: UserChange }
  /** The user is not in the directory any more, and is signed out for `reason`. */
  | { readonly kind: 'removedUser'; readonly reason: Reason }
  /**
   * The process or a notification service stopped while the user was connected, or while the user was awaited already.
   * From now on the undelivered and new notifications for the user wait until the user comes back to one of these
   * sides.
   */
  | { readonly kind: 'awaited'; readonly sides: readonly Side[] }
  /**
   * The user is back, and the sessions got all notifications that waited on their sides. `missed`: numbers of the
   * outbox rows that are released although the user did not get them: they are for another side, or no session takes
   * them.
   */
  | { readonly kind: 'heard'; readonly missed: readonly number[] }
  /**
   * The user did not come back to the side in time. `missed`: numbers of the outbox rows that are released although the
   * user did not get them.
   */
  | { readonly kind: 'notBack'; readonly side: Side; readonly missed: readonly number[] }
  | { readonly kind: 'configuredQueue'; readonly setup: QueueSetup }
  | { readonly kind: 'configuredVoiceQueue'; readonly setup: VoiceQueueSetup }
  /** The MRD of the queue, or the queue of calls, is not in the directory any more. */
  | { readonly kind: 'removedQueue' }
  | { readonly kind: 'configuredSide'; readonly platform: Platform }
  /**
   * At this start the clock is behind the journal by `by` ms. The aggregate moves all times in its state back by that
   * much.
   */
  | { readonly kind: 'clockSetBack'; readonly by: number }
  /** For queues and sides. A drain begins (`on`), with no new offers and no new sign-ins, or it ends. */
  | { readonly kind: 'draining'; readonly on: boolean }

/** A change of a campaign. */
export type CampaignChange =
  | { readonly type: 'CREATE'; readonly setup: CampaignSetup }
  | { readonly type: 'ADD'; readonly contacts: readonly NewContact[] }
  | { readonly type: 'RUN'; readonly isRunning: boolean }
  /** These contacts are not called any more, unless an agent is reserved for one. */
  | { readonly type: 'WITHDRAW'; readonly records: readonly string[] }
  | { readonly type: 'REMOVE' }

/** How a user in the directory differs from before. */
export type UserChange =
  | { readonly type: 'ADDED' }
  /**
   * `extensionReason`: the reason of the state change if the user is signed in at an extension that the directory no
   * longer gives to the user.
   */
  | { readonly type: 'CHANGED'; readonly extensionReason: Reason }

const KINDS: ReadonlySet<string> = new Set<Input['kind']>([
  'user',
  'call',
  'side',
  'fault',
  'acd',
  'acdCall',
  'submitTask',
  'abandonTask',
  'erase',
  'submitCall',
  'queueCall',
  'makeCall',
  'callOutside',
  'network',
  'campaign',
  'message',
  'deadline',
  'configuredUser',
  'removedUser',
  'awaited',
  'heard',
  'notBack',
  'configuredQueue',
  'configuredVoiceQueue',
  'removedQueue',
  'configuredSide',
  'clockSetBack',
  'draining',
])

/**
 * Is this stored value an input that this version knows? It checks the kind only, because the code that wrote the value
 * was typed.
 */
export function isInput(value: unknown): value is Input {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    KINDS.has(value.kind)
  )
}
