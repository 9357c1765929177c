/**
 * What the engine needs from outside: a store, a clock, a place to publish, an ACD.
 */

import type { OfferRefusal } from '../../machines/effects.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { Notification, Variable } from './values.ts'

export type * from './store-port.ts'

// ---------------------------------------------------------------------------------------------------- clock

/** Time from outside. Wall clock in production, virtual clock in tests and simulation. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
  /** Calls `wake` once, not before `time`; the returned function cancels it. */
  at(time: number, wake: () => void): () => void
  /** Calls `run` once, after the work in hand; calls keep their order. */
  soon(run: () => void): void
}

// ---------------------------------------------------------------------------------------------------- publisher

/** A notification on its way out. */
export interface Publication {
  /** Same id whenever the same notification is sent again; whoever has had it may pass it over. */
  readonly itemId: string
  /** Notifications of one lane on one node leave in order: what is sent again is the newest that was sent of them. */
  readonly lane: string
  readonly notification: Notification
}

/** It can never be delivered, however often it is tried: too large, or impossible to render. */
export class Undeliverable extends MrdianError {
  override readonly name: string = 'Undeliverable'
  readonly code: CodeOf<'Undeliverable'> = 'UNDELIVERABLE'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** What became of a notification that the service has accepted. */
export interface Taken {
  /**
   * Was it written to a session of the user whose node it is? Where that is said of a user who is awaited, the
   * notification waits for the next session until it is true.
   */
  readonly toOwner: boolean
}

/** Where notifications go, for one side. */
export interface Publisher {
  /**
   * Resolves when the service has accepted it and written it to the sessions there, and says to whom; who says nothing
   * leaves it to presence at that moment. Rejects when the service did not accept it. It is tried again then, unless the
   * reason is `Undeliverable`.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: who says nothing returns nothing
  publish(publication: Publication): Promise<Taken | void>
}

// ---------------------------------------------------------------------------------------------------- ACD

/** A task for an agent, as an ACD hands it to the engine. */
export interface AcdTask {
  /** The ACD's own id of the task. */
  readonly id: string
  readonly mrd: string
  /** The address that the task was submitted to; a resubmission on Start Timeout or sign-out goes there again. */
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly queueNumber?: string
  readonly queueName?: string
  /** Dialog that the task was resubmitted from. */
  readonly associatedDialog?: string
}

/** What the engine tells the ACD. Delivered at least once, in order per user; `offer` and `task` identify it. */
export type AcdRequest =
  | {
      readonly type: 'accepted'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly dialog: string
    }
  | {
      readonly type: 'refused'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly reason: RefusalReason
    }
  /** The task has ended; Finesse would send the handled message to CCP. */
  | { readonly type: 'handled'; readonly user: string; readonly task: string; readonly dialog: string }
  /** The customer is to be served through another selector, or again through the same one. */
  | {
      readonly type: 'resubmit'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /** Counts the transfers of a dialog; give it back with the answer. 0 where no answer is awaited. */
      readonly attempt: number
    }
  /** A resubmission that was confirmed too late: the customer is still with the agent, take the new task back. */
  | {
      readonly type: 'cancelResubmission'
      readonly user: string
      readonly task: string
      readonly dialog: string
      /** As it stood in the confirmation; `null` if it did not. */
      readonly attempt: number | null
    }
  /** The task ended without service and is not resubmitted (`media 10`). */
  | {
      readonly type: 'ended'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }
  /** An agent's availability in one MRD changed; newer `version` wins. */
  | {
      readonly type: 'availability'
      readonly user: string
      readonly version: number
      readonly mrds: Readonly<Record<string, Availability>>
    }

/** Why an offer came back. */
export type RefusalReason = OfferRefusal

/** May the agent get a task of this MRD now (`media 4.5`), and with what claim. */
export interface Availability {
  readonly eligible: boolean
  /** `maxDialogLimit` less open dialogs. */
  readonly freeSlots: number
  /** Since when the agent has been available, for "longest available first". */
  readonly since: number
}

/**
 * What an ACD may tell the engine. Rejects with `AcdEventRefused` for what cannot be: saying it again would not help;
 * with `EngineUnavailable` when it may be said again later.
 */
export interface AcdEvents {
  /** Offers a task to a user; `offer` names this attempt. Resolves when committed; rejects during a drain. */
  offer(user: string, offer: string, task: AcdTask): Promise<void>
  /** The customer gave up (`media D4`); without effect once the task was accepted. */
  cancel(user: string, task: string): Promise<void>
  /** Answer to a `resubmit` request of cause TRANSFER. */
  resubmitted(
    user: string,
    dialog: string,
    result: {
      /** `attempt` of the request that this answers; the newest one when left out. */
      readonly attempt?: number
    } & ({ readonly ok: true; readonly task: string } | { readonly ok: false; readonly reason: string }),
  ): Promise<void>
}

/**
 * The interface that an embedding service implements to bring its own ACD. What it does wrong is logged, with growing
 * pauses, and told by `engine.acdProblem`; the engine goes on.
 */
export interface AcdPort {
  /** Called once, before any request. Nothing waits for it. */
  start(events: AcdEvents): void
  /**
   * A rejected promise means "try again": the request is repeated with back-off. Until the promise settles, later requests
   * for the same user wait; nothing else does.
   */
  request(request: AcdRequest): Promise<void>
}
