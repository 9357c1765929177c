/** Erasure of customers' data, as adapters and embedders see it. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'
import type { Origin } from '../ports.ts'

/** A customer, by anything that is known of the customer's contacts. */
export interface CustomerSubjects {
  readonly tasks?: readonly string[]
  readonly dialogs?: readonly string[]
  readonly calls?: readonly string[]
  /** Values of call variables; of any variable without `name`. */
  readonly variables?: readonly { readonly name?: string; readonly value: string }[]
  /** Numbers that called. */
  readonly callers?: readonly string[]
}

/** A contact that was found: a task with its dialogs and resubmissions, or a call. */
export interface FoundContact {
  /** Every id that it went by. */
  readonly ids: readonly string[]
  /** First and last kept row that names it, in ms; `null` when only a state does. */
  readonly first: number | null
  readonly last: number | null
  /** Journal rows and states in which values of it were found. */
  readonly places: number
  /** What of it is still going on, for example `task 5002-17`; `null` when it is over. */
  readonly open: string | null
}

/** What is remembered of an erasure; never a value. */
export interface ErasureEntry {
  readonly id: string
  /** When it was asked for, in ms. */
  readonly at: number
  /** Who asked. */
  readonly by: string
  /** `begun`: it is under way, or goes on when it can. */
  readonly state: 'begun' | 'done'
  /** The first thousand ids. */
  readonly ids: readonly string[]
  readonly contacts: number
  /** Rows that were changed. */
  readonly rows: number
}

export interface ErasureResult {
  readonly found: readonly FoundContact[]
  /** `undefined` when there was nothing to change, or nothing was to be changed. */
  readonly erasure: ErasureEntry | undefined
}

/** Erasure of customers' data in a running engine. */
export interface Erasures {
  /** What `erase` would find. Rejects with `InvalidArgument` for subjects that name nobody. */
  find(subjects: CustomerSubjects): Promise<readonly FoundContact[]>
  /**
   * Replaces the values of the customer's variables and the customer's numbers in all that is kept; resolves when
   * that is done. Rejects with `StillOpen` while a task, dialog or call of the customer goes on, with `InvalidArgument` as
   * `find`, and with `EngineUnavailable` when the store fails: an erasure that was begun goes on by itself then.
   */
  erase(subjects: CustomerSubjects, origin?: Origin): Promise<ErasureResult>
  /** All that were asked for, oldest first. */
  list(): readonly ErasureEntry[]
}

/** Something of the customer still goes on, and its state is needed: ask again when it is over. */
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
