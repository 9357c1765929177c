/** What an embedder's ACD and the engine tell each other about calls. A part of the interface of the ACD. */
import type { Availability } from '../../machines/availability.ts'
import type { LegState } from '../../machines/wire.ts'
import type { Variable } from './values.ts'

/** A call for an agent, as an ACD hands it to the engine. */
export interface AcdCall {
  /** The ACD's own id of the connection to the caller. It stays the same while agents transfer the call. */
  readonly id: string
  /** The number of the caller; `''` if it is unknown. */
  readonly from: string
  /** The number that the caller dialled. */
  readonly to: string
  readonly variables: readonly Variable[]
  /**
   * The queue that has routed the call. A call with a `queueNumber` is offered only to an agent who is READY and does no
   * other work that may not be interrupted. A call without one rings in every state in which the agent is signed in
   * (ruling 32).
   */
  readonly queueNumber?: string | undefined
  readonly queueName?: string | undefined
  /** As `callType` on the wire. The default is `PREROUTE_ACD_IN` with a queue, and `OTHER_IN` without. */
  readonly callType?: string | undefined
}

/**
 * What the party outside does. RINGING to FAILED are for a number that an agent has dialled.
 *
 * - RINGING: it rings there. After 180 seconds without an answer the attempt has failed.
 * - ANSWERED: the party is connected. RINGING before it may be left out.
 * - BUSY, BAD_NUMBER: the number is busy, or does not exist.
 * - NO_ANSWER: it has rung for long enough.
 * - FAILED: the ACD cannot call the number for another reason.
 * - HUNG_UP: the party hangs up, or gives up while it rings at an agent. Also if the ACD takes an offered call away.
 */
export type FarEndState = 'RINGING' | 'ANSWERED' | 'BUSY' | 'BAD_NUMBER' | 'NO_ANSWER' | 'FAILED' | 'HUNG_UP'

/** A party of a call. An agent has `user`, and a party outside has `call`, the id that the ACD knows it by. */
export interface CallParty {
  readonly mediaAddress: string
  readonly state: LegState
  readonly user?: string | undefined
  readonly call?: string | undefined
}

/**
 * A request about calls. `call` is a connection of the ACD to a party outside: the `id` of an offered call, or the id
 * that the engine gives in `dialled`. It stays the same for as long as that party is connected. `dialog` is the call as
 * agents and clients see it; a transfer or a conference moves the party to another dialog. Requests about one dialog come
 * in order.
 *
 * Each `call` ends with exactly one request: `callRefused`, `callNotAnswered` or `callOver`.
 */
export type AcdCallRequest =
  /**
   * The agent cannot get the offered call: signed out or, for a call of a queue, not READY or busy. The agent saw nothing,
   * and the caller is the ACD's again. Repetition: the same `offer`.
   */
  | {
      readonly type: 'callRefused'
      readonly user: string
      readonly call: string
      readonly offer: string
      readonly dialog: string
    }
  /** The agent has answered the offered call (V3). The ACD connects both. Repetition: the same `offer`. */
  | {
      readonly type: 'callAnswered'
      readonly user: string
      readonly call: string
      readonly offer: string
      readonly dialog: string
    }
  /**
   * The agent did not answer in `settings.callRingSeconds` of the directory (V10), or was signed out meanwhile. The caller
   * is the ACD's again, which offers the call to another agent with a new offer id. Repetition: the same `offer`.
   */
  | {
      readonly type: 'callNotAnswered'
      readonly user: string
      readonly call: string
      readonly offer: string
      readonly dialog: string
      readonly cause: 'RING_TIMEOUT' | 'SIGN_OUT'
    }
  /**
   * An agent has dialled a number outside. The ACD calls it, and says by `AcdEvents.farEnd` how it answers. If the ACD
   * says nothing within ten seconds, the attempt has failed, and `callOver` follows. Repetition: the same `call`.
   *
   * - CALL: the agent makes a call.
   * - CONSULT: the agent makes it during the call `associatedDialog`, which is on hold.
   * - TRANSFER: the agent transfers the call `dialog` to this number, and leaves it as soon as it rings there.
   */
  | {
      readonly type: 'dialled'
      readonly user: string
      readonly call: string
      readonly dialog: string
      readonly number: string
      readonly cause: 'CALL' | 'CONSULT' | 'TRANSFER'
      readonly associatedDialog?: string
      readonly variables: readonly Variable[]
    }
  /**
   * Who is on the call now, and what each party does: a party has answered (ACTIVE), holds or retrieves it (HELD, ACTIVE),
   * has left and wraps up (WRAP_UP), or is not listed, because it has left. Without parties the dialog is over. It is the
   * whole, never a difference, so the last one counts. An offered call has none before its answer.
   */
  | {
      readonly type: 'callChanged'
      readonly dialog: string
      readonly callType: string
      readonly parties: readonly CallParty[]
    }
  /**
   * The party outside is on no call of agents any more: it has hung up, the agents have, or the attempt to call it has
   * failed. The ACD disconnects it, unless agents have connected it to other parties outside and left. The engine knows
   * nothing of the party from now on. Repetition: the same `call`.
   */
  | {
      readonly type: 'callOver'
      readonly call: string
      readonly dialog: string
      /** The parties outside that it stays connected to, each of which has a `callOver` of its own. Usually none. */
      readonly connectedTo: readonly string[]
    }
  /**
   * Whether an agent can get a call of a queue now, after a change. After a start there is no request until the next
   * change: `engine.get.callAvailability(user)` has the current value. Repetition: the same `version` or a lower one.
   */
  | ({ readonly type: 'callAvailability'; readonly user: string } & CallAvailability)

/** The availability of an agent for calls of queues at one moment. */
export interface CallAvailability extends Pick<Availability, 'eligible' | 'since'> {
  /** Number of the change: 1, 2, …; 0 if nothing has changed yet. A higher version is newer, also after a restart. */
  readonly version: number
  /** Where the agent is signed in; `''` if not eligible. */
  readonly extension: string
}

/** The calls by which an ACD informs the engine about calls. They resolve and reject as those of `AcdEvents`. */
export interface AcdCallEvents {
  /**
   * Offers a call to a user. It rings at the extension at which the user is signed in. The answer is a request:
   * `callRefused`, `callAnswered`, `callNotAnswered`, or `callOver` if the caller has hung up before. A repeated call with
   * the same `offer` has no effect while the call is open, and among the last 1000 offers. During a drain it rejects with
   * `EngineUnavailable` and the reason `DRAINING`.
   *
   * `AcdEventRefused`: DUPLICATE_CALL if the call is open by another offer, TOO_MANY_CALLS if 10,000 are open.
   */
  offerCall(user: string, offer: string, call: AcdCall): Promise<void>
  /**
   * Says what the party outside does. A repetition has no effect. So has what does not fit, such as BUSY after ANSWERED,
   * which is logged and emitted as `flagged`; and everything about one of the last 1000 calls that are over.
   *
   * `AcdEventRefused`: UNKNOWN_CALL, INVALID_CALL_STATE.
   */
  farEnd(call: string, state: FarEndState): Promise<void>
}
