/** The public interface of the engine, for adapters and embedders. */

import type { Side } from '../../machines/wire.ts'
import type { DirectoryChanges } from '../directory/changes.ts'
import type { Credential, Directory, LoadedDirectory } from '../directory/model.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { Answer, Command } from './commands.ts'
import type { Erasures } from './erasure/api.ts'
import type { Inspection } from './inspection/api.ts'
import type { AcdEvents, AgentAvailability, History, Origin, Publisher, RecordStore, StoreEnd } from './ports.ts'
import type {
  AcdTaskState,
  AcdTaskValue,
  CallDialogValue,
  DialogValue,
  DrainValue,
  MediaValue,
  Notification,
  PresenceValue,
  QueueValue,
  SystemInfoValue,
  TaskDialogValue,
  UserValue,
  Variable,
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

/** A task that a customer (or `POST /acd/tasks`) submits to the built-in ACD. */
export interface TaskSubmission {
  readonly mrd: string
  readonly scriptSelector: string
  readonly variables?: readonly Variable[] | undefined
  /** The task is offered to this user only. It waits until the user is eligible. */
  readonly agentId?: string | undefined
  /**
   * The task is offered to this user only, even after it was resubmitted because of a Start Timeout or a sign-out. By
   * default any eligible user may get it then. A task that the agent transfers may go to any eligible user in any case.
   * Only with `agentId`.
   */
  readonly keepAgent?: boolean | undefined
}

/** A call to an extension. */
export interface CallSubmission {
  readonly from: string
  /** Extension of an agent. */
  readonly to: string
  readonly variables?: readonly Variable[] | undefined
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

/** An event of the followed Finesse about a user, a medium or a dialog. The input of a follower. */
export type UserEventInput =
  | {
      readonly kind: 'user'
      readonly user: string
      readonly state: UserValue['state']
      readonly reasonCodeId?: string | undefined
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

/** Selects tasks by state and MRD. `limit`: the maximum number. */
export interface MeantTasks {
  readonly state?: AcdTaskState | undefined
  readonly mrd?: string | undefined
  readonly limit: number
}

/** The built-in ACD, for `/acd` and tests. Errors are `AcdRefusal`s. `origin` goes into the journal. */
export interface BuiltInAcd {
  submitTask(submission: TaskSubmission, origin?: Origin): Promise<AcdTaskValue>
  /** The customer abandons the task. */
  abandonTask(id: string, origin?: Origin): Promise<AcdTaskValue>
  tasks(): readonly AcdTaskValue[]
  /** The newest selected tasks, oldest first. `total`: the number of selected tasks without the limit. */
  newestTasks(meant: MeantTasks): { readonly tasks: readonly AcdTaskValue[]; readonly total: number }
  task(id: string): AcdTaskValue | undefined
  submitCall(submission: CallSubmission, origin?: Origin): Promise<CallDialogValue>
  /** The caller hangs up. */
  hangUp(id: string, origin?: Origin): Promise<CallDialogValue>
  calls(): readonly CallDialogValue[]
  call(id: string): CallDialogValue | undefined
}

/** The built-in ACD refused a request. `about` names the parameter or id. */
export class AcdRefusal extends MrdianError {
  override readonly name = 'AcdRefusal'
  readonly code: CodeOf<'AcdRefusal'>
  readonly about: string
  constructor(code: CodeOf<'AcdRefusal'>, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }
}

/** The engine accepts no input now: it is closing, its store failed, or too many inputs are waiting. */
export class EngineUnavailable extends MrdianError {
  override readonly name = 'EngineUnavailable'
  readonly code: CodeOf<'EngineUnavailable'> = 'ENGINE_UNAVAILABLE'
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
  /** XMPP presence of a user. A change causes no notification, but a `committed` event. */
  presence(user: string): PresenceValue | undefined
  /**
   * The availability of a user in all nonvoice MRDs, as the ACD was last told. It has the `version` of the newest
   * `availability` request, also of one that the ACD has not answered yet. An ACD reads it after a start, because the
   * next request comes only after a change. `undefined` for an unknown user.
   */
  availability(user: string): AgentAvailability | undefined
  /** Lengths of the built-in ACD's nonvoice queues, in the order of the directory. Empty with an `AcdPort`. */
  queues(): readonly QueueValue[]
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

/** One notification as `engine.on('notification')` delivers it, after its commit. */
export interface NotificationEvent extends Notification {
  /** Same id as on the wire. */
  readonly itemId: string
  /**
   * Position of the journal row whose input caused the notification. This row, or the row that caused it, has the id of
   * the request.
   */
  readonly position: number
}

/** A command and its answer. */
export interface CommandEvent {
  /** As it was given. With the codes `UNKNOWN_COMMAND` and `INVALID_COMMAND`, its parts may be missing or wrong. */
  readonly command: Command
  readonly origin: Origin
  readonly answer: Answer
}

/** A reload has put another directory in force. */
export interface DirectoryEvent {
  readonly before: Directory
  readonly directory: Directory
  readonly changes: DirectoryChanges
  /** The accounts that may sign in from now on, if the reload got them. Do not log them. */
  readonly credentials?: readonly Credential[]
}

/**
 * The events for `engine.on`. A listener may be asynchronous, but the engine does not wait for it. An error that it
 * throws, or rejects with, is logged.
 */
export interface EngineEvents {
  /** Emitted at the commit of a reload, before the notifications about it are sent. */
  directory: (event: DirectoryEvent) => void
  notification: (event: NotificationEvent) => void
  /**
   * A command has its answer, also a rejected command, whoever gave it: `mrdian/rest`, or the program itself. Emitted
   * after the notifications of its commit, and before the promise of `engine.command` resolves. A command with the
   * answer `UNDER_WAY` is emitted again, as the same object, with its outcome. A command that fails with
   * `EngineUnavailable` is not emitted.
   */
  command: (event: CommandEvent) => void
  /**
   * A commit is done, and reads show it. `aggregates`: ids of the aggregates that took steps in it, each once
   * (`user/1001`, `queue/5001`, `call/16777217`, `side/A`). Emitted after the notifications of the commit, and also if
   * it has none, as for changes of presence and queues. After a reset, when reads show the new state, it names all
   * aggregates.
   */
  committed: (event: { readonly aggregates: readonly string[] }) => void
  /**
   * A step that was accepted although the tables of the contract do not have it. Only a follower accepts such steps.
   */
  flagged: (event: {
    readonly aggregate: string
    readonly what: string
    readonly from: string
    readonly to: string
  }) => void
  /** An input that failed. It has not changed the state. */
  failedInput: (event: {
    readonly aggregate: string
    readonly sequence: number
    /** Position in the journal. */
    readonly position: number
    readonly error: string
  }) => void
  /**
   * The store refuses changes (`problem` says why), or accepts them again (`undefined`). With `end` this is final: the
   * engine is out of service until another one is started, and the process continues.
   */
  store: (event: { readonly problem: string | undefined; readonly end?: StoreEnd['why'] }) => void
  /**
   * `BEGUN`: a drain has begun, with no new sign-ins and no new offers. `DONE`: no task and no call is in hand any
   * more. Emitted once for each drain, and at once if there was none. `OVER`: `resume()` ended the drain. A reset ends
   * it too, but emits `reset` only.
   */
  drain: (event: { readonly phase: 'BEGUN' | 'DONE' | 'OVER' }) => void
  /**
   * A reset has emptied the store, which has another id now. The engine starts again on its directory when all
   * listeners have returned. A listener should discard all state that it keeps about the engine. It may also set a
   * virtual clock back.
   */
  reset: (event: { readonly storeId: string }) => void
}

/** Numbers for metrics. Counters begin at the start of the process, and a reset does not change them. */
export interface EngineFigures {
  readonly inputs: number
  readonly failedInputs: number
  readonly commits: number
  /** Commits that the store refused. Nothing of them was stored. */
  readonly failedCommits: number
  readonly snapshots: number
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
  /** A session of a user becomes available or unavailable. Resolves when committed. Unknown users are ignored. */
  presence(presence: PresenceInput): Promise<void>
  /** The notification service of a side becomes available or unavailable. Resolves when committed. */
  notificationService(side: Side, available: boolean): Promise<void>
  /** The publisher gets the notifications of this side from now on, beginning with the undelivered ones. */
  attach(side: Side, publisher: Publisher): void
  /** Notifications of this side wait in the outbox until a publisher is attached again. */
  detach(side: Side): void
  /** Named values of adapters in the engine's store. */
  readonly records: RecordStore
}

export interface Engine {
  readonly get: Reads
  /**
   * Resolves when the command is committed, or was rejected. The answer says whether it is done, was refused and why,
   * or is under way. In the last case, a transfer that the ACD has not answered yet, the answer has a promise of the
   * outcome. Rejects with `EngineUnavailable` only. `origin` goes into the journal.
   */
  command(command: Command, origin?: Origin): Promise<Answer>
  /** For role `follower`. Rejects with `InvalidArgument` in role `authority`, and for an unknown user. */
  userEvent(event: UserEventInput): Promise<void>
  /** Rejects with `InvalidArgument` for a side that this engine does not have. */
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
  /** The state machines as they run, for the XState inspector and for the viewer. */
  readonly inspection: Inspection
  /** Why changes are refused with `EngineUnavailable` now; `undefined` while the store accepts them. */
  readonly storeProblem: string | undefined
  /** Set if `storeProblem` is final: the data file no longer belongs to this engine, or is damaged. */
  readonly storeEnd: StoreEnd['why'] | undefined
  /** The problem with the external ACD; `undefined` while it answers, and with the built-in ACD. */
  readonly acdProblem: string | undefined
  readonly figures: EngineFigures
  /**
   * Resolves when the notification services have accepted all notifications that can be sent now. Notifications that
   * wait for a service, for their side or for their user do not count.
   */
  delivered(): Promise<void>
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
