/**
 * The interfaces that the engine needs from outside: a store, a clock, a publisher and an ACD.
 */

import type { OfferRefusal } from '../../machines/effects.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { Notification, Variable } from './values.ts'

export type * from './store-port.ts'

// ---------------------------------------------------------------------------------------------------- clock

/** The engine's only source of time. Wall clock in production, virtual clock in tests and simulations. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
  /** Calls `wake` once, at `time` (ms since 1970 UTC) or later. The returned function cancels the call. */
  at(time: number, wake: () => void): () => void
  /** Calls `run` once, after the code that is running now has returned. Several calls keep their order. */
  soon(run: () => void): void
}

// ---------------------------------------------------------------------------------------------------- publisher

/** A notification that the engine hands to a publisher. */
export interface Publication {
  /** The id is the same whenever the same notification is sent again, so a receiver may ignore a duplicate. */
  readonly itemId: string
  /**
   * Notifications of one lane on one node are sent in order. If one is sent again, it is always the last one that was
   * sent.
   */
  readonly lane: string
  readonly notification: Notification
}

/** This notification can never be delivered, because it is too large or cannot be rendered. The engine drops it. */
export class Undeliverable extends MrdianError {
  override readonly name: string = 'Undeliverable'
  readonly code: CodeOf<'Undeliverable'> = 'UNDELIVERABLE'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** The result of a publication that the service has accepted. */
export interface Taken {
  /**
   * True if the notification was written to a session of the user who owns the node. If the engine waits for that user
   * to come back, for example after a crash, it sends the notification again to the user's next session until this is
   * true.
   */
  readonly toOwner: boolean
}

/** The notification service of one side. */
export interface Publisher {
  /**
   * Resolves when the service has accepted the notification and written it to the connected sessions. The result says
   * whether its owner got it. Without a result the engine decides that by the user's presence at that moment. Rejects
   * when the service did not accept the notification: the engine then tries again, unless the reason is
   * `Undeliverable`.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a publisher may return nothing
  publish(publication: Publication): Promise<Taken | void>
}

// ---------------------------------------------------------------------------------------------------- ACD

/** A task for an agent, as an ACD hands it to the engine. */
export interface AcdTask {
  /** The ACD's own id of the task. */
  readonly id: string
  readonly mrd: string
  /** The address that the task was submitted to. A resubmission on Start Timeout or sign-out uses it again. */
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly queueNumber?: string | undefined
  readonly queueName?: string | undefined
  /** The dialog that the task was resubmitted from. */
  readonly associatedDialog?: string | undefined
}

/**
 * A request of the engine to the ACD. It is delivered at least once, in order per user. The ACD recognises a duplicate
 * by `offer` and `task`.
 */
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
  /** The task was handled: the agent closed the dialog, or signed out with CLOSE. Finesse sends "handled" to CCP. */
  | { readonly type: 'handled'; readonly user: string; readonly task: string; readonly dialog: string }
  /** The customer has to be queued again, by the same selector or another one. */
  | {
      readonly type: 'resubmit'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /** Number of the transfer of this dialog: 1, 2, …. The answer has to repeat it. 0 if no answer is expected. */
      readonly attempt: number
    }
  /**
   * A resubmission was confirmed too late. The customer is still with the agent, so the ACD has to drop the new task.
   */
  | {
      readonly type: 'cancelResubmission'
      readonly user: string
      readonly task: string
      readonly dialog: string
      /** The `attempt` of the late confirmation; `null` if it had none. */
      readonly attempt: number | null
    }
  /** The task ended before an agent completed it, and is not resubmitted (`media 10`). */
  | {
      readonly type: 'ended'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }
  /** The availability of an agent in all MRDs, after a change in one of them. The highest `version` is valid. */
  | ({
      readonly type: 'availability'
      readonly user: string
    } & AgentAvailability)

/**
 * Why the engine refused an offer. RULES: only the embedder's own `mayTakeTask` refused it. `availability` does not show
 * what that guard decides, so an ACD should not offer the task to this agent again at once.
 */
export type RefusalReason = OfferRefusal

/** Whether an agent may get a task of an MRD now (`media 4.5`), and what the ACD needs to choose among agents. */
export interface Availability {
  /** The engine takes an offer for this agent and MRD. */
  readonly eligible: boolean
  /** `maxDialogLimit` minus the open dialogs; 0 if not eligible. */
  readonly freeSlots: number
  /**
   * Time since when the agent has been available (ms since 1970 UTC), for "longest available first"; 0 if not eligible.
   */
  readonly since: number
}

/** The availability of an agent in all nonvoice MRDs at one moment. */
export interface AgentAvailability {
  /** Number of the change: 1, 2, …; 0 if nothing has changed yet. A higher version is newer, also after a restart. */
  readonly version: number
  /** By MRD. In an MRD that is missing here, the agent is not eligible. */
  readonly mrds: Readonly<Record<string, Availability>>
}

/**
 * The calls by which an ACD informs the engine. Each resolves when it is committed. It rejects with `AcdEventRefused`
 * if the event is invalid: the same call would be refused again. It rejects with `EngineUnavailable` if the ACD may try
 * again later.
 */
export interface AcdEvents {
  /** Offers a task to a user. `offer` is the id of this attempt. During a drain it rejects with `EngineUnavailable`. */
  offer(user: string, offer: string, task: AcdTask): Promise<void>
  /** The customer gave up (`media D4`). Has no effect once the agent has accepted the task. */
  cancel(user: string, task: string): Promise<void>
  /** The answer to a `resubmit` request of cause TRANSFER. */
  resubmitted(
    user: string,
    dialog: string,
    result: {
      /** `attempt` of the request that this answers. Without it, the answer is for the newest request. */
      readonly attempt?: number | undefined
    } & ({ readonly ok: true; readonly task: string } | { readonly ok: false; readonly reason: string }),
  ): Promise<void>
}

/**
 * The interface that an embedding service implements to use its own ACD. The engine logs the errors of the port, with
 * growing pauses between the log lines, and shows the current one in `engine.acdProblem`. It continues to run.
 */
export interface AcdPort {
  /** Called once, before any request. The engine does not wait for a promise that it returns. */
  start(events: AcdEvents): void
  /**
   * Handles one request. If the promise rejects, the engine repeats the request, with growing pauses. Later requests
   * for the same user wait until the promise settles. Nothing else waits for it.
   */
  request(request: AcdRequest): Promise<void>
}
