/** The API for the erasure of customers' data. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'
import type { Origin } from '../ports.ts'

/** Names a customer by ids, values or numbers of the customer's contacts. A contact is found if one of them matches. */
export interface CustomerSubjects {
  readonly tasks?: readonly string[]
  readonly dialogs?: readonly string[]
  readonly calls?: readonly string[]
  /** Values of call variables. Without `name` the value of any variable matches. */
  readonly variables?: readonly { readonly name?: string; readonly value: string }[]
  /** Numbers of callers. */
  readonly callers?: readonly string[]
}

/** A contact that was found: a task with its dialogs and resubmissions, or a call. */
export interface FoundContact {
  /** All ids of tasks, dialogs and calls that belong to it. */
  readonly ids: readonly string[]
  /** Times of the first and last stored row that names it (ms since 1970 UTC); `null` if only a state names it. */
  readonly first: number | null
  readonly last: number | null
  /** Number of journal rows and states in which values of it were found. */
  readonly places: number
  /** The part of it that is still open, for example `task 5002-17`; `null` if the contact is over. */
  readonly open: string | null
}

/** The record of an erasure. It never contains a value. */
export interface ErasureEntry {
  readonly id: string
  /** Time of the request (ms since 1970 UTC). */
  readonly at: number
  /** The user who made the request. */
  readonly by: string
  /** `begun`: it is running, or will be continued as soon as possible. */
  readonly state: 'begun' | 'done'
  /** The first thousand ids. */
  readonly ids: readonly string[]
  /** How many ids more it had. Absent if `ids` has all of them. */
  readonly idsLeftOut?: number
  readonly contacts: number
  /** Number of rows that were changed. */
  readonly rows: number
}

export interface ErasureResult {
  readonly found: readonly FoundContact[]
  /** `undefined` if there was nothing to erase. */
  readonly erasure: ErasureEntry | undefined
}

/** Erasure of customers' data in a running engine. */
export interface Erasures {
  /** The contacts that `erase` would find. Rejects with `InvalidArgument` for subjects that name no customer. */
  find(subjects: CustomerSubjects): Promise<readonly FoundContact[]>
  /**
   * Replaces the values of the customer's variables and the customer's numbers in all stored data. Resolves when that
   * is done. Rejects with `StillOpen` while a task, dialog or call of the customer is open, and with `InvalidArgument`
   * like `find`. Rejects with `EngineUnavailable` when the store fails; if the erasure had begun, the engine continues
   * it later.
   */
  erase(subjects: CustomerSubjects, origin?: Origin): Promise<ErasureResult>
  /** All erasures that were requested, oldest first. */
  list(): readonly ErasureEntry[]
}

/** A task, dialog or call of the customer is open, so its data are still needed. Try again when it is over. */
export class StillOpen extends MrdianError {
  override readonly name = 'StillOpen'
  readonly code: CodeOf<'StillOpen'> = 'STILL_OPEN'
  /** For example `task 5002-17`. */
  readonly about: string
  constructor(about: string) {
    super(`${about} is still open; ask again when it is over`)
    this.about = about
  }
}
