/**
 * Why a user is in a state, as plain data (JSON). Times are milliseconds since 1970 UTC. Rules are cited by their ids,
 * for example `I2`; `machines/RULES.md` has them all.
 */
import type { DeadlineName, OfferRefusal } from '../../../machines/effects.ts'
import type { Failure } from '../../../machines/failures.ts'
import type { DialogLogoutAction, InterruptAction, Side } from '../../../machines/wire.ts'
import type { Notification } from '../../engine/values.ts'

/** What has a state of its own. */
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
  /** From when on any moment can be explained; `null`: nothing was forgotten. */
  readonly keptFrom: number | null
  /** Voice, every MRD of the user, open dialogs, presence. */
  readonly states: readonly ExplainedState[]
  /** The sides that serve the user. */
  readonly service: readonly Service[]
  /** What happens by itself unless something else comes first, soonest first. */
  readonly next: readonly Upcoming[]
  readonly timeline: Timeline
  /** Every rule that is cited, in one sentence each. */
  readonly rules: Readonly<Record<string, string>>
}

export interface ExplainedState {
  readonly subject: Subject
  /** For people: `Email (5001)`. */
  readonly name: string
  readonly state: string
  /** `null`: it was never different. */
  readonly since: number | null
  /** State before; `null` if there was none, or if it was forgotten. */
  readonly before: string | null
  readonly details: Details
  /** Why it is so, by the rules; the most important one first. */
  readonly reasons: readonly Reason[]
  /** From the input that changed it back to whoever was outside; nearest first. Empty when it never changed. */
  readonly because: readonly Link[]
  /** The input that changed it is not kept any more. */
  readonly forgotten: boolean
  readonly next: readonly Upcoming[]
}

export type Details =
  | {
      readonly kind: 'voice'
      readonly pending: string | null
      /** What a pending state waits for. */
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
      /** May get a task now, and why not (`media 4.5`). */
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
      readonly from: string
      readonly to: string
      readonly variables: readonly Value[]
    }
  | { readonly kind: 'presence'; readonly sessions: number }

export interface ReasonCode {
  readonly code: number
  readonly label: string
}

/** A call variable; `value` is `…` unless personal data was asked for. */
export interface Value {
  readonly name: string
  readonly value: string
}

/** A rule that holds, in a sentence. */
export interface Reason {
  readonly rule: string
  readonly text: string
}

/** Who gave an input. */
export interface Who {
  readonly via: string
  readonly by: string | null
}

export type Tie = 'change' | 'cause' | 'asked' | 'origin' | 'submitted'

/** One step back. */
export type Link =
  | {
      readonly kept: true
      readonly position: number
      readonly aggregate: string
      readonly at: number
      /**
       * What ties it to the link before: `change`: it is the input itself; `cause`: its step sent the message;
       * `asked`: the request for a state that had to wait; `origin`: how the dialog came to the agent that it is about;
       * `submitted`: how the task came, which had waited.
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
  /** What is missing; empty in service. */
  readonly reason: string
  /** There while the server drained: no new sign-ins and no new offers. */
  readonly draining?: true
}

export interface Timeline {
  readonly from: number
  readonly to: number
  readonly episodes: readonly Episode[]
  /** Older episodes of the span that the limit left out. */
  readonly leftOut: number
}

/** An input from outside, or a deadline, with all that it meant for the user. */
export interface Episode {
  readonly at: number
  /** Position of the input that began it; with `kept` false of the oldest one that is known. */
  readonly position: number
  readonly aggregate: string
  readonly what: string
  readonly who: Who | null
  readonly requestId: string | null
  /** False: the input that began it was forgotten. */
  readonly kept: boolean
  /** Inputs of the user that it led to, in order. */
  readonly inputs: readonly FoldedInput[]
  readonly changes: readonly Change[]
  readonly deadlines: readonly DeadlineChange[]
  readonly notifications: readonly Sent[]
  /** What the ACD, the queues and calls were told. */
  readonly requests: readonly Request[]
  readonly failures: readonly Refused[]
  /** Steps that the tables lack (a Finesse that is followed took them). */
  readonly flagged: readonly { readonly what: string; readonly from: string; readonly to: string }[]
  /** Inputs that failed; the state was as before. */
  readonly failed: readonly string[]
  /** Why nothing changed, where nothing did. */
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
  /** `null` for a cleared one. */
  readonly due: number | null
}

/** A notification. */
export interface Sent {
  /** As on the wire; `null` when no notification service was there to take it. */
  readonly itemId: string | null
  /** `null` where the journal does not tell which of two sides it was for. */
  readonly side: Side | null
  readonly node: string
  readonly event: Notification['event']
  readonly source: string
  readonly requestId: string
  /** What it says, in a few words. */
  readonly text: string
  readonly delivery: Delivered
}

/**
 * What has become of a notification. `delivered`: the agent was there, or came back, and the notification service took it;
 * for a node that is not the agent's own, it took it for whoever was subscribed. `waiting`: it has not left. `missed`: the
 * agent was there and did not come back in time; it left without the agent. `unowed`: the agent was not connected when it
 * was made, so that nobody had to get it. `unattended`: there was no notification service, only listeners in the process.
 */
export type Delivered = 'delivered' | 'waiting' | 'missed' | 'unowed' | 'unattended'

export interface Request {
  /** Aggregate, or `ACD` for the one outside. */
  readonly to: string
  readonly type: string
  readonly text: string
}

/** An asynchronous error, as the client heard of it. */
export interface Refused extends Reason {
  readonly failure: Failure | 'ALREADY_SIGNED_OUT'
  readonly source: string
  readonly requestId: string
}
