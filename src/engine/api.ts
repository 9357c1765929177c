/**
 * The engine as its adapters and embedders see it.
 */

import type { Side } from '../../machines/wire.ts'
import type { DirectoryChanges } from '../directory/changes.ts'
import type { Credential, Directory, LoadedDirectory } from '../directory/model.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import type { Answer, Command } from './commands.ts'
import type { Erasures } from './erasure/api.ts'
import type { Inspection } from './inspection/api.ts'
import type { AcdEvents, History, Origin, Publisher, RecordStore, StoreEnd } from './ports.ts'
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

/** An available or unavailable presence of one XMPP session of a user. */
export interface PresenceInput {
  readonly user: string
  readonly side: Side
  /** Identifies the session: its full JID. An older session never changes what a newer one said. */
  readonly session: string
  readonly available: boolean
}

/** A task that a customer (or `POST /acd/tasks`) submits to the built-in ACD. */
export interface TaskSubmission {
  readonly mrd: string
  readonly scriptSelector: string
  readonly variables?: readonly Variable[]
  /** Offer to this user only, and wait until that user is eligible. */
  readonly agentId?: string
  /**
   * The task stays that user's when it is resubmitted, after a Start Timeout or a sign-out. Without it the task is free
   * then for everybody eligible. What the agent transfers is free in any case. Only with `agentId`.
   */
  readonly keepAgent?: boolean
}

/** A call that arrives for an extension. */
export interface CallSubmission {
  readonly from: string
  /** Extension of an agent. */
  readonly to: string
  readonly variables?: readonly Variable[]
}

/**
 * A simulated failure, or its end (`up`). Application path, peripheral gateways and resubmission are there once for both
 * sides: their failure is in force on both, and ends on both, whichever is named.
 */
export type FaultInput =
  /** The side loses its link to the ACD and goes out of service (ruling 29). */
  | { readonly type: 'acd-link'; readonly side: Side; readonly up: boolean }
  /** The side is gone altogether: its sessions, its REST, its part in what is done for users (`notifications 12`). */
  | { readonly type: 'side'; readonly side: Side; readonly up: boolean }
  /** The application path is down: no new tasks, and open ones end after the task life of their MRD (D19). */
  | { readonly type: 'app-path'; readonly side: Side; readonly up: boolean }
  /** A peripheral gateway fails: interrupted dialogs become UNKNOWN (P9). `both`: tasks are lost, no service (P11). */
  | { readonly type: 'peripheral-gateway'; readonly side: Side; readonly both: boolean; readonly up: boolean }
  /** The built-in ACD does not take tasks back, or only after the time-out (D11, RV4, P13). */
  | {
      readonly type: 'resubmission'
      readonly side: Side
      readonly mode: 'refuse' | 'timeout' | 'late'
      readonly up: boolean
    }

/** What a Finesse said of a user, a medium or a dialog: the input of a follower. */
export type UserEventInput =
  | {
      readonly kind: 'user'
      readonly user: string
      readonly state: UserValue['state']
      readonly reasonCodeId?: string
      readonly extension?: string
    }
  | {
      readonly kind: 'media'
      readonly user: string
      readonly mrd: string
      readonly state: NonNullable<MediaValue['status']>['state']
      readonly routable?: boolean
    }
  | {
      readonly kind: 'task'
      readonly user: string
      readonly mrd: string
      readonly dialog: string
      readonly state: TaskDialogValue['state']
      readonly variables?: readonly Variable[]
    }

/** Which tasks: of a state, of an MRD, and so many at most. */
export interface MeantTasks {
  readonly state?: AcdTaskState | undefined
  readonly mrd?: string | undefined
  readonly limit: number
}

/** Built-in ACD, for `/acd` and tests. Errors are `AcdRefusal`s. `origin` says in the journal who asked. */
export interface BuiltInAcd {
  submitTask(submission: TaskSubmission, origin?: Origin): Promise<AcdTaskValue>
  /** The customer gives up. */
  abandonTask(id: string, origin?: Origin): Promise<AcdTaskValue>
  tasks(): readonly AcdTaskValue[]
  /** The newest ones that are meant, oldest first, and how many there are in all. */
  newestTasks(meant: MeantTasks): { readonly tasks: readonly AcdTaskValue[]; readonly total: number }
  task(id: string): AcdTaskValue | undefined
  submitCall(submission: CallSubmission, origin?: Origin): Promise<CallDialogValue>
  /** The caller hangs up. */
  hangUp(id: string, origin?: Origin): Promise<CallDialogValue>
  calls(): readonly CallDialogValue[]
  call(id: string): CallDialogValue | undefined
}

/** Why the ACD did not do as asked; `about` names the parameter or id. */
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

/** The engine cannot take input now: it is closing, its store failed, or it is over its limit. */
export class EngineUnavailable extends MrdianError {
  override readonly name = 'EngineUnavailable'
  readonly code: CodeOf<'EngineUnavailable'> = 'ENGINE_UNAVAILABLE'
}

/** `reset()` was asked of an engine that was not started with `resettable`. */
export class NotResettable extends MrdianError {
  override readonly name = 'NotResettable'
  readonly code: CodeOf<'NotResettable'> = 'NOT_RESETTABLE'
  constructor() {
    super('this engine keeps what it has: it was not started with `resettable`')
  }
}

/** Current state, as committed. Unknown ids give `undefined`. `side` defaults to `A`. */
export interface Reads {
  user(id: string, side?: Side): UserValue | undefined
  users(side?: Side): readonly UserValue[]
  /** Nonvoice MRDs only; the short form for a user outside the MRD. Throws `InvalidArgument` for an unknown user or MRD. */
  media(user: string, mrd: string, side?: Side): MediaValue
  mediaOrUndefined(user: string, mrd: string, side?: Side): MediaValue | undefined
  mediaList(user: string, side?: Side): readonly MediaValue[] | undefined
  dialog(id: string): DialogValue | undefined
  /** Open dialogs of a user, voice first. */
  dialogs(user: string, kind: 'voice' | 'nonvoice' | 'all', mrd?: string): readonly DialogValue[] | undefined
  /** XMPP presence of a user, of which no notification tells; `committed` does. */
  presence(user: string): PresenceValue | undefined
  /** Lengths of the built-in ACD's queues, nonvoice, in the order of the directory; empty with an `AcdPort`. */
  queues(): readonly QueueValue[]
  /** Is this side able to serve REST (`notifications 12.3`)? */
  system(side?: Side): SystemInfoValue
  /** Simulated failures in force on a side, oldest first. */
  faults(side?: Side): readonly FaultInput[]
  /** Is the engine draining, and how much is in hand? Looks at every user and call. */
  drain(): DrainValue
  /** Is it? */
  isDraining(): boolean
  directory(): Directory
}

/** One notification as `engine.on('notification')` delivers it, after its commit. */
export interface NotificationEvent extends Notification {
  /** Same id as on the wire. */
  readonly itemId: string
  /** Position in the journal of the input that it comes from. The row there, or the row that caused it, has the request's id. */
  readonly position: number
}

/** Another directory is in force. */
export interface DirectoryEvent {
  readonly before: Directory
  readonly directory: Directory
  readonly changes: DirectoryChanges
  /** Who may sign in from now on, where the reload was given it. Not for logs. */
  readonly credentials?: readonly Credential[]
}

/**
 * What listeners may hear. A listener may be asynchronous; nothing waits for it. What it throws, or rejects with, is
 * logged.
 */
export interface EngineEvents {
  /** In the moment of the commit; the notifications of what changed are still to leave. */
  directory: (event: DirectoryEvent) => void
  notification: (event: NotificationEvent) => void
  /**
   * A commit is done, and reads show it: these aggregates took steps in it, each named once (`user/1001`, `queue/5001`,
   * `call/16777217`, `side/A`). Comes behind the notifications of the commit, and for what has none: presence, queues.
   * After a reset, when reads show the new state, it names all of them.
   */
  committed: (event: { readonly aggregates: readonly string[] }) => void
  /** A step that the tables lack but that was accepted, for example from a Finesse that is followed. */
  flagged: (event: {
    readonly aggregate: string
    readonly what: string
    readonly from: string
    readonly to: string
  }) => void
  /** An input that failed; the state is as before it. */
  failedInput: (event: {
    readonly aggregate: string
    readonly sequence: number
    /** Its place in the journal. */
    readonly position: number
    readonly error: string
  }) => void
  /**
   * The store refuses changes (`problem` says why), or takes them again (`undefined`). With `end` it never will: the
   * engine is out of service until another one is started, and the process goes on.
   */
  store: (event: { readonly problem: string | undefined; readonly end?: StoreEnd['why'] }) => void
  /**
   * `drain()` or `resume()`, seen from outside. `BEGUN`: no new sign-ins and no new offers from now on. `DONE`: no task and
   * no call is in hand, once for each drain, at once where there was none. `OVER`: `resume()` ended it; a reset
   * does so too, and says it by `reset`.
   */
  drain: (event: { readonly phase: 'BEGUN' | 'DONE' | 'OVER' }) => void
  /**
   * A reset: the store is empty and has another id, and the state of the directory's start comes as soon as all
   * listeners have returned. Whoever remembers something forgets it now; time may be set back here.
   */
  reset: (event: { readonly storeId: string }) => void
}

/** Numbers for metrics; all counters since the start of the process. */
export interface EngineFigures {
  readonly inputs: number
  readonly failedInputs: number
  readonly commits: number
  /** Commits that the store refused; nothing of them was kept. */
  readonly failedCommits: number
  readonly snapshots: number
  readonly notifications: number
  readonly outboxPending: number
  readonly aggregates: number
  /** Requests that the ACD outside refused; each is made again. */
  readonly acdRequestsFailed: number
  /** Requests that the ACD outside has been given and has not answered. */
  readonly acdRequestsUnanswered: number
}

export interface ReloadOptions {
  /** Users who are missing in the directory are meant to go, however many they are. */
  readonly confirmRemovals?: boolean
}

/** What an adapter uses that brings users and notifications: `mrdian/xmpp` does. Embedders without one need nothing of it. */
export interface EngineAdapters {
  /** A session of a user becomes available or unavailable. Resolves when committed. Unknown users are ignored. */
  presence(presence: PresenceInput): Promise<void>
  /** The notification service of a side becomes available, or unavailable. Resolves when committed. */
  notificationService(side: Side, available: boolean): Promise<void>
  /** Notifications of this side go to the publisher from now on. Undelivered notifications of before go first. */
  attach(side: Side, publisher: Publisher): void
  /** Notifications of this side are kept until a publisher is attached again. */
  detach(side: Side): void
  /** Named values of adapters in the engine's store. */
  readonly records: RecordStore
}

export interface Engine {
  readonly get: Reads
  /**
   * Resolves when the command is committed, or was not accepted, and says what has become of it: done, refused with its
   * reason, or under way with a promise of the outcome (a transfer that the ACD answers later). Rejects with
   * `EngineUnavailable` only. `origin` is for the journal.
   */
  command(command: Command, origin?: Origin): Promise<Answer>
  /** In role `authority` this rejects: a Finesse of its own takes no user events from others. */
  userEvent(event: UserEventInput): Promise<void>
  /** Rejects with `InvalidArgument` for a side that this engine does not have. */
  fault(fault: FaultInput, origin?: Origin): Promise<void>
  /**
   * Puts another directory in force while everything runs; resolves with the differences when they are committed, in one
   * commit. Users who are gone are signed out of everything at once, users who lose an MRD are signed out of it; their
   * tasks end by `dialogLogoutAction`. What stays the same goes on undisturbed. Reloads follow one another.
   *
   * Rejects with `EngineUnavailable`, with `RemovalsNotConfirmed` when it leaves out more than a tenth of the users and
   * more than two of them (`removalLimit`) without `confirmRemovals`, or with `InvalidArgument` for a secret of an unknown form;
   * nothing has changed then. The directory stays in force over a reset; the next start counts on the one that it is given.
   */
  reload(directory: Directory | LoadedDirectory, origin?: Origin, options?: ReloadOptions): Promise<DirectoryChanges>
  /**
   * Begins a drain, for an upgrade; resolves when it is committed. Both sides take no new sign-ins (`DRAINING`), and nothing
   * is offered: tasks are taken and wait, those that come back after a Start Timeout too; calls are refused; `acdEvents.offer`
   * rejects with `EngineUnavailable`. Whoever is signed in works on, and signs out. `get.drain()` shows what is in hand, and
   * the event `drain` says when that is nothing.
   *
   * It lasts until `resume()`, a reset, or the next start on the same store: an engine that starts offers what waits.
   */
  drain(origin?: Origin): Promise<void>
  /** Ends a drain: sign-ins are taken, and what waits is offered in the same commit. */
  resume(origin?: Origin): Promise<void>
  /** The built-in ACD; `undefined` when the embedder brought an `AcdPort`. */
  readonly acd: BuiltInAcd | undefined
  readonly adapters: EngineAdapters
  /** What an external ACD talks to; the same object that `AcdPort.start` received. */
  readonly acdEvents: AcdEvents
  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): () => void
  /** What the store keeps of the past, for `explain`; `undefined` where it keeps the present only. */
  readonly history: History | undefined
  /** Erasure of customers' data. */
  readonly erasures: Erasures
  /** The state machines as they run, for the XState inspector and for the viewer. */
  readonly inspection: Inspection
  /** Why changes are refused with `EngineUnavailable` at present; `undefined` while the store takes them. */
  readonly storeProblem: string | undefined
  /** Set when that is for good: the data file is not this engine's any more, or is damaged. */
  readonly storeEnd: StoreEnd['why'] | undefined
  /** What is wrong with the ACD outside; `undefined` while it answers, and with the built-in one. */
  readonly acdProblem: string | undefined
  readonly figures: EngineFigures
  /**
   * Resolves when every notification that can leave now was taken by its service. Those that wait for a service, for
   * their side to be in service or for their user to come back are not waited for.
   */
  delivered(): Promise<void>
  /**
   * Forgets everything and begins anew on the directory, for use between tests: ids count from the start again, and
   * item ids differ because the store has another id. Requests in hand, and those that come meanwhile, get
   * `EngineUnavailable`. Publishers stay attached. Take `get` and `acd` from the engine again: what was taken before
   * shows the state before. Several calls at once are one reset.
   *
   * Rejects with `NotResettable` unless the engine was started with `resettable`, and with `EngineUnavailable` when the
   * store refuses: either everything is as before, or nothing works until the next reset.
   */
  reset(): Promise<void>
  /** Time as the engine sees it. */
  now(): number
  /** Takes no more input, finishes and commits what it has, closes the store. Idempotent. */
  close(): Promise<void>
}
