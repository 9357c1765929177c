/** What can go wrong with a store. */

/**
 * - `IN_USE`: another process has the data file open.
 * - `NOT_A_STORE`: the file is something else, or cannot be opened.
 * - `UNKNOWN_VERSION`: written by a version whose schema is not known here.
 * - `CORRUPT`: a row cannot be read, or rows do not fit together.
 * - `INVALID_BATCH`: an error in the program that wrote; nothing of the batch was kept.
 * - `FAILED`: the medium refused (full, read-only, …); nothing of the batch was kept.
 * - `CLOSED`: the store was closed before.
 * - `LOST`: the data file is no longer this store's: removed, moved, replaced, linked, or opened by somebody else. Nothing
 *   is ever written again; what was refused may be in the file or not.
 * - `BEHIND`: the data file lacks changes that were confirmed.
 */
export type StoreErrorCode =
  | 'IN_USE'
  | 'NOT_A_STORE'
  | 'UNKNOWN_VERSION'
  | 'CORRUPT'
  | 'INVALID_BATCH'
  | 'FAILED'
  | 'CLOSED'
  | 'LOST'
  | 'BEHIND'

/** A refusal of a store, in one line that can be shown to an operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
