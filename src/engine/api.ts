/** The public interface of the engine, for adapters and embedders. */

import type { Eligibility } from '../../machines/index.ts'
import type { Reason, Side } from '../../machines/wire.ts'
import type { DirectoryChanges } from '../directory/changes.ts'
import type { Directory, LoadedDirectory } from '../directory/model.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { BuiltInAcd } from './acd/api.ts'
import type { KeyedRequest, KeyedWork } from './answers/once.ts'
import type { Answer, Command } from './commands.ts'
import type { Erasures } from './erasure/api.ts'
import type { EngineEvents } from './events.ts'
import type { Inspection } from './inspection/api.ts'
import type {
  AcdEvents,
  AgentAvailability,
  CallAvailability,
  History,
  Origin,
  Publisher,
  RecordStore,
  StoreEnd,
  StoreSize,
} from './ports.ts'
import type { Staffing } from './statistics/staffing.ts'
import type { TeamMessages } from './team-messages/api.ts'
import type {
  CallDialogValue,
  DialogValue,
  DrainValue,
  MediaValue,
  MobileValue,
  NamedQueueValue,
  PresenceValue,
  QueueValue,
  SystemInfoValue,
  TaskDialogValue,
  UserValue,
  Variable,
  VoiceQueueValue,
} from './values.ts'

/** A change of the XMPP presence of one session of a user. */
export interface PresenceInput {
  readonly user: string
  readonly side: Side
  /**
   * The full JID of the session. Each session has its own presence: the user is present while any session is available.
   */
  readonly session: string
  readonly available: boolean
}

/**
 * A simulated failure, or its end (`up`). Both sides share the application path, the peripheral gateways and the
 * resubmission. Their failure begins and ends on both sides, whichever side is named.
 */
export type FaultInput =
  /** The side loses its link to the ACD and goes out of service (ruling 29). */
  | { readonly type: 'acd-link'; readonly side: Side; readonly up: boolean }
  /**
   * The side is lost as a whole, with its sessions and its REST API. It takes no part in work for users
   * (`notifications 12`).
   */
  | { readonly type: 'side'; readonly side: Side; readonly up: boolean }
  /** The application path fails: no new tasks, and open tasks end after the task life of their MRD (D19). */
  | { readonly type: 'app-path'; readonly side: Side; readonly up: boolean }
  /**
   * A peripheral gateway fails: interrupted dialogs become UNKNOWN (P9). `both`: tasks are lost, out of service (P11).
   */
  | { readonly type: 'peripheral-gateway'; readonly side: Side; readonly both: boolean; readonly up: boolean }
  /** The built-in ACD refuses resubmitted tasks, does not answer, or answers after the time-out (D11, RV4, P13). */
  | {
      readonly type: 'resubmission'
      readonly side: Side
      readonly mode: 'refuse' | 'timeout' | 'late'
      readonly up: boolean
    }

/** An event of the followed Finesse about a user, a medium, a dialog or a call. The input of a follower. */
export type UserEventInput =
  | {
      readonly kind: 'user'
      readonly user: string
      readonly state: UserValue['state']
      /** Of the directory. */
      readonly reasonCodeId?: string | undefined
      /** The reason itself, which need not be in the directory. It wins over `reasonCodeId`. */
      readonly reason?: Reason | undefined
      readonly extension?: string | undefined
    }
  | {
      readonly kind: 'media'
      readonly user: string
      readonly mrd: string
      readonly state: NonNullable<MediaValue['status']>['state']
      readonly routable?: boolean | undefined
    }
  | {
      readonly kind: 'task'
      readonly user: string
      readonly mrd: string
      readonly dialog: string
      readonly state: TaskDialogValue['state']
      readonly variables?: readonly Variable[] | undefined
    }
  | {
      readonly kind: 'call'
      /** The user on whose node the call is reported. */
      readonly user: string
      /** `added`, `removed`: the call joined or left the calls of the user. */
      readonly change: 'added' | 'changed' | 'removed'
      readonly call: CallDialogValue
    }

/**
 * Why an engine accepts no input, and whether the same call may succeed later:
 * - `CLOSING`: the engine was closed or is closing. It accepts nothing any more; the next engine on the store does.
 * - `DRAINING`: only for offers of tasks. Try again when the event `drain` says `OVER`.
 * - `FULL`: too many calls are waiting. Try again after a short pause.
 * - `STORE`: the store refuses changes. Try again after a pause, unless `engine.storeEnd` is set: then only another
 *   engine helps.
 * - `RESETTING`: the state is being deleted, and the call was about the old state.
 * - `FAILED`: the step threw an error, and the state did not change. The same call will probably fail again.
 */
export type UnavailableReason = 'CLOSING' | 'DRAINING' | 'FULL' | 'STORE' | 'RESETTING' | 'FAILED'

/** Why an engine accepts no input: a sentence, and the reason for programs. */
export interface Unavailability {
  readonly message: string
  readonly reason: UnavailableReason
}

export const CLOSING: Unavailability = { message: 'the engine is closing', reason: 'CLOSING' }

/** The engine did not accept the call. Nothing of it was committed. `reason` says whether to try again. */
export class EngineUnavailable extends MrdianError {
  override readonly name = 'EngineUnavailable'
  readonly code: CodeOf<'EngineUnavailable'> = 'ENGINE_UNAVAILABLE'
  readonly reason: UnavailableReason
  constructor(message: string, reason: UnavailableReason = 'STORE') {
    super(message)
    this.reason = reason
  }
}

/** `reset()` was called on an engine that was started without `resettable`. */
export class NotResettable extends MrdianError {
  override readonly name = 'NotResettable'
  readonly code: CodeOf<'NotResettable'> = 'NOT_RESETTABLE'
  constructor() {
    super('this engine keeps what it has: it was not started with `resettable`')
  }
}

/** The current committed state. Unknown ids give `undefined`. `side` defaults to `A`. */
export interface Reads {
  user(id: string, side?: Side): UserValue | undefined
  users(side?: Side): readonly UserValue[]
  /**
   * Nonvoice MRDs only; the short form for a user outside the MRD. Throws `InvalidArgument` for an unknown user or MRD.
   */
  media(user: string, mrd: string, side?: Side): MediaValue
  mediaOrUndefined(user: string, mrd: string, side?: Side): MediaValue | undefined
  mediaList(user: string, side?: Side): readonly MediaValue[] | undefined
  dialog(id: string): DialogValue | undefined
  /** Open dialogs of a user, voice first. */
  dialogs(user: string, kind: 'voice' | 'nonvoice' | 'all', mrd?: string): readonly DialogValue[] | undefined
  /** How a user is signed in as a mobile agent; `undefined` for others. */
  mobile(user: string): MobileValue | undefined
  /** XMPP presence of a user. A change causes no notification, but a `committed` event. */
  presence(user: string): PresenceValue | undefined
  /**
   * The availability of a user in all nonvoice MRDs, as the ACD was last told. It has the `version` of the newest
   * `availability` request, also of one that the ACD has not answered yet. An ACD reads it after a start, because the
   * next request comes only after a change. `undefined` for an unknown user.
   */
  availability(user: string): AgentAvailability | undefined
  /**
   * The availability of a user for calls, as an `AcdPort` with calls was last told by `callAvailability`. Without such a
   * port it is never eligible. `undefined` for an unknown user.
   */
  callAvailability(user: string): CallAvailability | undefined
  /**
   * Whether a user may get a contact now, by MRD, and what prevents it (`media 4.5`). Voice (`1`) stands for the calls of
   * queues. MRDs of which the user is not a member are absent. `undefined` for an unknown user.
   */
  eligibility(user: string): Readonly<Record<string, Eligibility>> | undefined
  /**
   * How many agents of a queue may get a contact now, and what prevents the others (`media 4.5`). The read visits every
   * user. `id`: a nonvoice MRD or a queue of calls; `undefined` for any other.
   */
  staffing(id: string): Staffing | undefined
  /** Lengths of the built-in ACD's nonvoice queues, in the order of the directory. Empty with an `AcdPort`. */
  queues(): readonly QueueValue[]
  /**
   * Lengths of the queues of calls, in the order of the directory. Empty with an `AcdPort`. A change emits `committed`
   * with the id of the queue (`voice-queue/701`).
   */
  voiceQueues(): readonly VoiceQueueValue[]
  /** A queue of calls, or that of a nonvoice MRD, with its statistics. */
  queue(id: string): NamedQueueValue | undefined
  /** Is this side able to serve REST (`notifications 12.3`)? */
  system(side?: Side): SystemInfoValue
  /** Simulated failures in force on a side, oldest first. */
  faults(side?: Side): readonly FaultInput[]
  /** Is the engine draining, and how much work is in hand? The read visits every user and call. */
  drain(): DrainValue
  /** Is the engine draining? Cheaper than `drain()`. */
  isDraining(): boolean
  directory(): Directory
}

/** Numbers for metrics. Counters begin at the start of the process, and a reset does not change them. */
export interface EngineFigures {
  readonly inputs: number
  readonly failedInputs: number
  readonly commits: number
  /** Commits that the store refused. Nothing of them was stored. */
  readonly failedCommits: number
  readonly snapshots: number
  /** Commands that were sent again, and answered without being done again. */
  readonly repeatedCommands: number
  readonly notifications: number
  readonly outboxPending: number
  readonly aggregates: number
  /** Requests that the external ACD refused. Each is made again. */
  readonly acdRequestsFailed: number
  /** Requests that the external ACD has not answered yet. */
  readonly acdRequestsUnanswered: number
}

export interface ReloadOptions {
  /** True if the removal of all missing users is intended, however many they are. */
  readonly confirmRemovals?: boolean | undefined
}

/**
 * The interface for adapters with a notification service of their own, such as `mrdian/xmpp`. Other programs do not
 * need it.
 */
export interface EngineAdapters {
  /** The sides of the engine. The methods reject, or throw, `InvalidArgument` for another side. */
  readonly sides: readonly Side[]
  /** A session of a user becomes available or unavailable. Resolves when committed. Unknown users are ignored. */
  presence(presence: PresenceInput): Promise<void>
  /** The notification service of a side becomes available or unavailable. Resolves when committed. */
  notificationService(side: Side, available: boolean): Promise<void>
  /**
   * Every session on a side has ended with its notification service, which is not available now. Nobody is signed out for
   * that, also when the service is back (`notifications 9.1`). `returns`: whether the service will come back soon. If not,
   * the waiting notifications are dropped, and no more are kept until it is available again. Resolves when committed.
   */
  sessionsLost(side: Side, returns: boolean): Promise<void>
  /** The publisher gets the notifications of this side from now on, beginning with the undelivered ones. */
  attach(side: Side, publisher: Publisher): void
  /** Notifications of this side wait in the outbox until a publisher is attached again. */
  detach(side: Side): void
  /** Named values of adapters in the engine's store. */
  readonly records: RecordStore
  /**
   * Does a request that the caller may send again, because its answer was lost, or answers it from what is known. All
   * inputs of the request have to get the origin that `first` gets. Rejects with `KeyReused`, `EngineUnavailable`, and
   * with what `first` or `again` throws.
   */
  once<T>(request: KeyedRequest, work: KeyedWork<T>): Promise<T>
}

export interface Engine {
  readonly get: Reads
  /**
   * Resolves when the command is committed, or was rejected. The answer says whether it is done, was refused and why,
   * or is under way. In the last case, a transfer that the ACD has not answered yet, the answer has a promise of the
   * outcome. Rejects with `EngineUnavailable` only. `origin` goes into the journal, without fields that it does not know.
   *
   * If `origin` has a `key`, the command may be sent again, for example after a crash, when its answer was lost. The same
   * command of the same caller (`via`, `by`) with the same key gets the same answer and is not done again, for two minutes.
   * A rejected command is not remembered. Another command with the same key is rejected (`KEY_REUSED`).
   */
  command(command: Command, origin?: Origin): Promise<Answer>
  /**
   * For role `follower`. Rejects with `InvalidArgument` in role `authority`, and for an unknown user or state. `origin`:
   * the default is the Finesse that is followed.
   */
  userEvent(event: UserEventInput, origin?: Origin): Promise<void>
  /** Rejects with `InvalidArgument` for a side that this engine does not have, and for a fault that is not one of these. */
  fault(fault: FaultInput, origin?: Origin): Promise<void>
  /**
   * Puts another directory in force while the engine runs. All differences are one commit, and the promise resolves
   * with them after it. Removed users are signed out of everything at once, and users who lose an MRD are signed out of
   * it. Their tasks end by `dialogLogoutAction`. Users without a difference are not affected. Several reloads run one
   * after the other. The directory stays in force after a reset. It is not stored: the next start uses the directory
   * that it is given.
   *
   * If it rejects, nothing has changed. The errors:
   * - `EngineUnavailable`
   * - `RemovalsNotConfirmed`: the directory leaves out more users than `removalLimit` allows (by default more than a
   *   tenth, and more than two), without `confirmRemovals`.
   * - `InvalidArgument`: a secret has an unknown form.
   * - `DirectoryError`: an id is reserved.
   */
  reload(directory: Directory | LoadedDirectory, origin?: Origin, options?: ReloadOptions): Promise<DirectoryChanges>
  /**
   * Begins a drain, for an upgrade. Resolves when it is committed. Both sides refuse new sign-ins (`DRAINING`). New
   * tasks, and tasks that return after a Start Timeout, are accepted and wait, but no task is offered. Calls are
   * refused. `acdEvents.offer` rejects with `EngineUnavailable`. Signed-in users continue their work and can sign out.
   * `get.drain()` shows the work in hand, and the event `drain` says when there is none.
   *
   * The drain lasts until `resume()`, a reset, or the next start on the same store, which offers the waiting tasks.
   */
  drain(origin?: Origin): Promise<void>
  /** Ends a drain. Sign-ins are accepted again, and the waiting tasks are offered in the same commit. */
  resume(origin?: Origin): Promise<void>
  /** The built-in ACD; `undefined` with an `AcdPort` and in role `follower`. */
  readonly acd: BuiltInAcd | undefined
  readonly adapters: EngineAdapters
  /** The interface for events of an external ACD. `AcdPort.start` gets the same object. */
  readonly acdEvents: AcdEvents
  /** Adds a listener. The returned function removes it. */
  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): () => void
  /** The stored past, for `explain`; `undefined` if the store keeps only the current state. */
  readonly history: History | undefined
  /** Erasure of customers' data. */
  readonly erasures: Erasures
  /** Messages of supervisors and administrators to teams. */
  readonly teamMessages: TeamMessages
  /** The state machines as they run, for the XState inspector and for the viewer. */
  readonly inspection: Inspection
  /** Why changes are refused with `EngineUnavailable` now; `undefined` while the store accepts them. */
  readonly storeProblem: string | undefined
  /** Set if `storeProblem` is final: the data file no longer belongs to this engine, or is damaged. */
  readonly storeEnd: StoreEnd['why'] | undefined
  /** The problem with the external ACD; `undefined` while it answers, and with the built-in ACD. */
  readonly acdProblem: string | undefined
  readonly figures: EngineFigures
  /** How large the stored data are; `undefined` for a store that takes no space, or that is closed. */
  readonly storeSize: StoreSize | undefined
  /**
   * Resolves when the notification services have accepted all notifications that can be sent now. Notifications that
   * wait for a service, for their side or for their user do not count.
   */
  delivered(): Promise<void>
  /**
   * Resolves when the `AcdPort` has answered all requests that the outbox has now. An ACD calls it after `createEngine`,
   * before it repeats its own calls, because the engine repeats unanswered requests then. A request that the ACD refuses
   * is answered when the ACD accepts its repetition. Resolves at once without such requests, and when the engine closes.
   */
  acdAnswered(): Promise<void>
  /**
   * Deletes all state and starts again on the directory, for use between tests. Ids count from the start again. Item
   * ids differ, because the store has another id. Requests that are under way, or come during the reset, get
   * `EngineUnavailable`. Publishers stay attached. Read `engine.get` and `engine.acd` again afterwards, because the old
   * objects show the old state. Several calls at the same time are one reset.
   *
   * Rejects with `NotResettable` unless the engine was started with `resettable`, and with `EngineUnavailable` if the
   * store fails. Then either nothing has changed, or the engine is out of service until the next reset.
   */
  reset(): Promise<void>
  /** Time of the engine's clock, in ms since 1970 UTC. */
  now(): number
  /** Accepts no more input, commits the waiting inputs, and closes the store. Further calls do nothing. */
  close(): Promise<void>
}
