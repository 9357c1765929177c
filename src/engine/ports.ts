/**
 * The interfaces that the engine needs from outside: a store, a clock, a publisher and an ACD.
 */

import type { Availability } from '../../machines/availability.ts'
import type { OfferRefusal } from '../../machines/effects.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { AcdCallEvents, AcdCallRequest } from './call-port.ts'
import type { Notification, Variable } from './values.ts'

export type { Availability } from '../../machines/availability.ts'
export type * from './call-port.ts'
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

/** Does all steps of long work, and lets other work of the process run between them. Resolves with the result. */
export type InSlices = <T>(work: Generator<unknown, T>) => Promise<T>

// ---------------------------------------------------------------------------------------------------- publisher

/** A notification that the engine hands to a publisher. */
export interface Publication {
  /** The id is the same whenever the same notification is sent again, so a receiver may ignore a duplicate. */
  readonly itemId: string
  /**
   * Notifications of one lane on one node are sent in order. If one is sent again, it is always the last one that was
   * sent. Only after a crash the next engine may send several again, in their order: those that were delivered shortly
   * before.
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
  /**
   * The address that the task was submitted to. A resubmission on Start Timeout or sign-out uses it again. The engine
   * does not check it: it may be a selector of another MRD, or one that the directory does not have, because the ACD
   * has its own queues. Only the target of a TRANSFER has to be a selector of the directory.
   */
  readonly scriptSelector: string
  readonly variables: readonly Variable[]
  readonly queueNumber?: string | undefined
  readonly queueName?: string | undefined
  /** The dialog that the task was resubmitted from. */
  readonly associatedDialog?: string | undefined
}

/**
 * A request of the engine to the ACD. It is delivered at least once, in order per user. A request whose promise did not
 * resolve before a crash is delivered again after the restart. Each type says by which fields the ACD recognises a
 * repetition. Ids of dialogs are never used twice in one store, unless the engine is reset.
 *
 * `task` and `offer` are the ids that the ACD gave in `offer`. `dialog` is the id that agents and clients see. A dialog
 * ends with one request: `handled`, `ended`, or a `resubmit` whose cause is not TRANSFER. If it ends by a transfer that
 * the ACD confirmed, no request follows.
 *
 * No request has the MRD or the variables of the task: the ACD keeps its tasks until they are over. See
 * `src/engine/acd/README.md`.
 */
export type AcdRequest =
  /**
   * The agent has accepted the offered task (`ACCEPT`, D2). The ACD stops looking for an agent. If the agent does not
   * accept it within the Start Timeout, the request is a `resubmit`. Repetition: the same `offer`.
   */
  | {
      readonly type: 'accepted'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly dialog: string
    }
  /**
   * The engine has refused the offer, because the agent may not get a task of this MRD now. There is no dialog, and the
   * agent saw nothing. The ACD offers the task to another agent, or again later, with a new offer id. Agents cannot
   * refuse an offer. Repetition: the same `offer`. If the ACD makes a refused offer again, with the same id, that is a
   * new offer, and its refusal has the same fields.
   */
  | {
      readonly type: 'refused'
      readonly user: string
      readonly task: string
      readonly offer: string
      readonly reason: RefusalReason
    }
  /**
   * The agent has closed the dialog, or signed out with `dialogLogoutAction` CLOSE (D9, D17). The task is over, and the
   * ACD forgets it. Finesse sends "handled" to CCP. Repetition: the same `dialog`.
   */
  | { readonly type: 'handled'; readonly user: string; readonly task: string; readonly dialog: string }
  /**
   * The customer has to be queued again, by the same selector or another one. Repetition: the same `dialog` and
   * `attempt`. `task` is not enough, because one dialog may be transferred several times.
   *
   * - START_TIMEOUT: the agent did not accept the task in time (D3). The dialog has ended.
   * - SIGN_OUT: the agent signed out with `dialogLogoutAction` TRANSFER (D18). The dialog has ended.
   * - TRANSFER: the agent transfers the task (D10). The dialog stays open until the ACD answers by
   *   `AcdEvents.resubmitted`. The answer has to come within `settings.transferTimeoutSeconds` of the directory (10 by
   *   default) after the agent's command. After that time the transfer fails, and the task stays with the agent (D11).
   */
  | {
      readonly type: 'resubmit'
      readonly user: string
      readonly task: string
      readonly dialog: string
      /**
       * The selector by which the customer is queued. With TRANSFER it may belong to another MRD than the task:
       * `engine.get.directory().mediaRoutingDomains` has the selectors of each MRD. Otherwise it is that of the task.
       */
      readonly scriptSelector: string
      readonly cause: 'START_TIMEOUT' | 'SIGN_OUT' | 'TRANSFER'
      /**
       * Number of the transfer of this dialog: 1, 2, …. The answer has to repeat it. 0 if no answer is expected. A
       * request with another attempt of the same dialog means that the earlier attempts have failed: the ACD drops their
       * new tasks.
       */
      readonly attempt: number
    }
  /**
   * A transfer was confirmed too late: it had timed out, or the dialog had ended otherwise. The ACD has to drop the new
   * task of this transfer. If it has offered the new task to another agent, it calls `cancel` for that agent. That has no
   * effect if that agent has accepted it: then both agents have the customer, until that agent closes the dialog.
   * Repetition: the same `dialog` and `attempt`.
   */
  | {
      readonly type: 'cancelResubmission'
      readonly user: string
      /**
       * While the dialog is open: the task of the dialog. After its end: the new task that the confirmation named. The
       * ACD finds the new task by `dialog` and `attempt`.
       */
      readonly task: string
      readonly dialog: string
      /** The `attempt` of the late confirmation; `null` if it had none. */
      readonly attempt: number | null
    }
  /**
   * The task ended before an agent completed it, and is not resubmitted (`media 10`). The ACD forgets it. Repetition: the
   * same `dialog`.
   *
   * - MAX_TASK_DURATION: the dialog was open for the longest time that the MRD allows (D16).
   * - ABANDONED: the ACD called `cancel` before the agent accepted the task (D4).
   * - LOST: a failure ended the dialog: of the application path (D19), of both peripheral gateways (P11), or of the
   *   acting side at the moment of a resubmission (RV4). Whether the customer is queued again is the ACD's decision.
   */
  | {
      readonly type: 'ended'
      readonly user: string
      readonly task: string
      readonly dialog: string
      readonly cause: 'MAX_TASK_DURATION' | 'ABANDONED' | 'LOST'
    }
  /**
   * The availability of an agent in all MRDs, after a change in one of them. After a start there is no request until the
   * next change: `engine.get.availability(user)` has the current value. The highest `version` is valid. Repetition: the
   * same `version` or a lower one.
   */
  | ({
      readonly type: 'availability'
      readonly user: string
    } & AgentAvailability)

/**
 * Why the engine refused an offer. RULES: only the embedder's own `mayTakeTask` refused it. `availability` does not show
 * what that guard decides, so an ACD should not offer the task to this agent again at once.
 */
export type RefusalReason = OfferRefusal

/** The availability of an agent in all nonvoice MRDs at one moment. */
export interface AgentAvailability {
  /** Number of the change: 1, 2, …; 0 if nothing has changed yet. A higher version is newer, also after a restart. */
  readonly version: number
  /** By MRD. In an MRD that is missing here, the agent is not eligible. */
  readonly mrds: Readonly<Record<string, Availability>>
}

/**
 * The calls by which an ACD informs the engine. Each resolves when it is committed. It rejects with `AcdEventRefused`
 * if the event is invalid: the same call would be refused again. It rejects with `EngineUnavailable` if nothing was
 * committed; its `reason` says whether the ACD may try again later. Ids have at most 256 characters.
 */
export interface AcdEvents extends AcdCallEvents {
  /**
   * Offers a task to a user. `offer` is the id of this attempt. The answer is a request: `refused`, `accepted`, or a
   * `resubmit` or `ended` if the agent did not accept it. A repeated call with the same `offer` has no effect if the
   * offer became a dialog and is one of the last 64 of the user. During a drain it rejects with `EngineUnavailable`
   * and the reason `DRAINING`.
   */
  offer(user: string, offer: string, task: AcdTask): Promise<void>
  /**
   * The customer gave up, or the ACD withdraws the task (`media D4`). The dialog that is offered to this user ends, and
   * the request `ended` with ABANDONED follows. Has no effect once the agent has accepted the task, or without a dialog:
   * then no request follows.
   */
  cancel(user: string, task: string): Promise<void>
  /**
   * The answer to a `resubmit` request of cause TRANSFER. With `ok: true` the dialog ends, and no request follows. If
   * the transfer has timed out, or the dialog has ended otherwise, a `cancelResubmission` follows. With `ok: false` the
   * task stays with the agent, whose transfer fails. A repeated answer has no effect. After a confirmed transfer,
   * an answer without an attempt is a repetition, and a confirmation of an older attempt gets a `cancelResubmission`.
   *
   * With CONFIRMED and REPEATED the new task may be offered. The agent who transferred the old one may get it too,
   * because the agent is eligible again as soon as the dialog has ended.
   *
   * `AcdEventRefused` with UNKNOWN_DIALOG: the dialog is not one of this user.
   */
  resubmitted(
    user: string,
    dialog: string,
    result: {
      /** `attempt` of the request that this answers. Without it, the answer is for the newest request. */
      readonly attempt?: number | undefined
    } & (
      | {
          readonly ok: true
          /** The ACD's id of the new task. */
          readonly task: string
        }
      | {
          readonly ok: false
          /** At most 1000 characters. It goes into the journal only. */
          readonly reason: string
        }
    ),
  ): Promise<TransferResult>
}

/**
 * What became of the ACD's answer to a transfer.
 *
 * - CONFIRMED: the dialog has ended by the transfer. The new task may be offered.
 * - REPEATED: the same transfer was confirmed before. The new task may be offered, if it was not offered yet.
 * - LATE: the answer has no effect, because no such transfer waits for one. A late confirmation gets a
 *   `cancelResubmission`: the new task must not be offered.
 * - REFUSED: the ACD's `ok: false` was taken. The transfer has failed, and the task stays with the agent.
 */
export type TransferResult = 'CONFIRMED' | 'REPEATED' | 'LATE' | 'REFUSED'

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
  /**
   * Handles one request about a call, as `request` does. Later requests about the same dialog or user wait until the
   * promise settles. An ACD without this function has no calls: agents still call each other, and numbers outside answer
   * as those of the built-in ACD do, after five seconds.
   */
  callRequest?(request: AcdCallRequest): Promise<void>
}
