/** The events of the engine, for `engine.on`. */
import type { DirectoryChanges } from '../directory/changes.ts'
import type { Credential, Directory } from '../directory/model.ts'
import type { Answer, Command } from './commands.ts'
import type { Origin, StoreEnd } from './ports.ts'
import type { Notification } from './values.ts'

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
   * A notification that is not stored, and that the notification services get once and only while they can publish: the
   * statistics of a queue (`notifications 8.10`), and a team message (8.13). It has no place in the journal.
   */
  announcement: (event: Notification) => void
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
