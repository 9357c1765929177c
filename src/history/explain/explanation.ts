/**
 * Why a user is in a state, as plain data (JSON). Times are milliseconds since 1970 UTC. Rules are cited by their ids,
 * for example `I2`; `machines/RULES.md` has them all.
 */
import type { DeadlineName, OfferRefusal } from '../../../machines/effects.ts'
import type { Failure, Rejection } from '../../../machines/failures.ts'
import type { DialogLogoutAction, InterruptAction, Side } from '../../../machines/wire.ts'
import type { Notification } from '../../engine/values.ts'

/** A part of a user that has its own state. */
export type Subject =
  | { readonly kind: 'voice' }
  | { readonly kind: 'media'; readonly mrd: string }
  | { readonly kind: 'dialog'; readonly dialog: string; readonly mrd: string }
  | { readonly kind: 'call'; readonly dialog: string }
  | { readonly kind: 'presence'; readonly side: string }

export interface Explanation {
  readonly user: { readonly id: string; readonly name: string; readonly team: string }
  /** The moment that is explained. */
  readonly at: number
  /** Time and journal position of the user's last input up to then. */
  readonly lastInput: { readonly at: number; readonly position: number | null }
  /** The earliest moment that can be explained; `null` when nothing was compacted. */
  readonly keptFrom: number | null
  /** Voice, every MRD of the user, open dialogs, presence. */
  readonly states: readonly ExplainedState[]
  /** The sides of the user. */
  readonly service: readonly Service[]
  /** Armed deadlines: what happens at which time unless another input comes first. Soonest first. */
  readonly next: readonly Upcoming[]
  readonly timeline: Timeline
  /** Every cited rule with its sentence, by id. */
  readonly rules: Readonly<Record<string, string>>
}

export interface ExplainedState {
  readonly subject: Subject
  /** Name for people, for example `Email (5001)`. */
  readonly name: string
  readonly state: string
  /** `null` when the state never changed. */
  readonly since: number | null
  /** The previous state; `null` if there was none or it is not kept. */
  readonly before: string | null
  readonly details: Details
  /** Why the subject is in this state, by the rules. The most important one first. */
  readonly reasons: readonly Reason[]
  /**
   * The chain of causes, from the input that changed the state back to the input from outside, nearest first. Empty
   * when the state never changed.
   */
  readonly because: readonly Link[]
  /** The input that changed the state is not kept any more. */
  readonly forgotten: boolean
  readonly next: readonly Upcoming[]
}

export type Details =
  | {
      readonly kind: 'voice'
      readonly pending: string | null
      /** What the pending state waits for. */
      readonly pendingUntil: string | null
      readonly reason: ReasonCode | null
      readonly extension: string
    }
  | {
      readonly kind: 'media'
      readonly routable: boolean
      readonly reason: ReasonCode | null
      readonly openDialogs: number
      readonly maxDialogLimit: number
      readonly interruptible: boolean
      readonly interruptAction: InterruptAction
      readonly dialogLogoutAction: DialogLogoutAction
      /** Whether the agent may get a task now, and the reason if not (`media 4.5`). */
      readonly eligible: boolean
      readonly notEligible: OfferRefusal | null
    }
  | {
      readonly kind: 'dialog'
      readonly task: string
      readonly scriptSelector: string
      readonly actions: readonly string[]
      readonly dispositionCode: string
      readonly associatedDialog: string
      readonly variables: readonly Value[]
    }
  | {
      readonly kind: 'call'
      readonly callState: string
      /** `OTHER_IN`, `CONSULT`, `CONFERENCE`, … (`dialog 1.3`). */
      readonly callType: string
      readonly from: string
      readonly to: string
      /** All parties, in the order of the participants. */
      readonly parties: readonly Party[]
      readonly variables: readonly Value[]
    }
  | { readonly kind: 'presence'; readonly sessions: number }

export interface ReasonCode {
  readonly code: number
  readonly label: string
}

/** A party of a call. */
export interface Party {
  /** `agent 1001`, or the number of a party outside; `…` unless the question asked for personal data. */
  readonly who: string
  readonly state: string
  /** Why the state is FAILED, or DROPPED after a transfer; empty otherwise (`dialog 2.2`). */
  readonly stateCause: string
}

/** A call variable. `value` is `…` unless the question asked for personal data. */
export interface Value {
  readonly name: string
  readonly value: string
}

/** A reason: a rule that applies, in a sentence. */
export interface Reason {
  readonly rule: string
  readonly text: string
}

/** Source of an input: the interface, and the user if known. */
export interface Who {
  readonly via: string
  readonly by: string | null
  /** Of a follower: the time without notifications after which this was found (ms since 1970 UTC). Absent otherwise. */
  readonly missed?: { readonly from: number; readonly to: number }
}

export type Tie = 'change' | 'cause' | 'asked' | 'origin' | 'submitted'

/** One link of a chain of causes. */
export type Link =
  | {
      readonly kept: true
      readonly position: number
      readonly aggregate: string
      readonly at: number
      /**
       * Relation to the link before. `change`: the input that changed the state. `cause`: the input whose step sent the
       * message. `asked`: the request for a state that had to wait. `origin`: the input that brought the dialog to the
       * agent. `submitted`: the input that submitted the task, which then waited in a queue.
       */
      readonly tie: Tie
      readonly what: string
      /** `null` for messages and deadlines. */
      readonly who: Who | null
      readonly requestId: string | null
    }
  | { readonly kept: false; readonly position: number | null; readonly tie: Tie }

export interface Upcoming {
  readonly due: number
  readonly name: DeadlineName
  /** Dialog, `user`, or `presence:A`. */
  readonly owner: string
  readonly text: string
  readonly rule: string
}

export interface Service {
  readonly side: Side
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** What is missing; empty when in service. */
  readonly reason: string
  /** Present while the server was draining: no new sign-ins and no new offers. */
  readonly draining?: true
}

export interface Timeline {
  readonly from: number
  readonly to: number
  readonly episodes: readonly Episode[]
  /** Number of older episodes of the span that exceed the limit. */
  readonly leftOut: number
}

/** An input from outside or a deadline, with all its effects on the user. */
export interface Episode {
  readonly at: number
  /** Position of the input that began the episode. If `kept` is false: of the oldest input that is known. */
  readonly position: number
  readonly aggregate: string
  readonly what: string
  readonly who: Who | null
  readonly requestId: string | null
  /** False when the input that began the episode is not kept any more. */
  readonly kept: boolean
  /** The resulting inputs of the user, in order. */
  readonly inputs: readonly FoldedInput[]
  readonly changes: readonly Change[]
  readonly deadlines: readonly DeadlineChange[]
  readonly notifications: readonly Sent[]
  /** Messages to the ACD, to queues and to calls. */
  readonly requests: readonly Request[]
  readonly failures: readonly Refused[]
  /** State changes of a followed Finesse that are not in the state tables. */
  readonly flagged: readonly { readonly what: string; readonly from: string; readonly to: string }[]
  /** Errors of inputs that failed. They did not change the state. */
  readonly failed: readonly string[]
  /** Why nothing changed; `null` if something changed. */
  readonly quiet: Reason | null
}

export interface FoldedInput {
  readonly position: number
  readonly sequence: number
  readonly at: number
  readonly what: string
}

export interface Change {
  readonly subject: Subject
  readonly name: string
  readonly aspect: 'state' | 'reason' | 'pending' | 'mode' | 'settings' | 'eligibility' | 'sessions' | 'extension'
  readonly from: string | null
  readonly to: string | null
}

export interface DeadlineChange {
  readonly change: 'armed' | 'cleared' | 'fired'
  readonly owner: string
  readonly name: DeadlineName
  /** `null` for a cleared deadline. */
  readonly due: number | null
}

/** A notification. */
export interface Sent {
  /** Item id as on the wire; `null` when there was no notification service. */
  readonly itemId: string | null
  /** `null` if the journal does not tell for which of two sides it was. */
  readonly side: Side | null
  readonly node: string
  readonly event: Notification['event']
  readonly source: string
  readonly requestId: string
  /** The content in a few words. */
  readonly text: string
  readonly delivery: Delivered
}

/**
 * State of the delivery of a notification.
 *
 * - `delivered`: the notification service accepted it, and the agent was connected or came back. For a node that is not
 *   the agent's own: the notification service accepted it for the subscribers.
 * - `waiting`: it is still in the outbox.
 * - `missed`: the agent had been connected before, but did not come back in time. It was published without the agent.
 * - `unowed`: the agent was not connected when it was made, so the agent did not have to get it.
 * - `unattended`: there was no notification service, only listeners in the process.
 */
export type Delivered = 'delivered' | 'waiting' | 'missed' | 'unowed' | 'unattended'

export interface Request {
  /** Name of an aggregate, or `ACD` for the external ACD. */
  readonly to: string
  readonly type: string
  readonly text: string
}

/** An asynchronous error, as the client received it. */
export interface Refused extends Reason {
  readonly failure: Failure | Rejection
  readonly source: string
  readonly requestId: string
}
