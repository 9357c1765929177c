/** Errors of stores. */

/**
 * - `IN_USE`: another process has the data file open.
 * - `NOT_A_STORE`: the file is not a data file of mrdian, or cannot be opened.
 * - `UNKNOWN_VERSION`: the file has a schema version that this program does not know.
 * - `CORRUPT`: a row cannot be read, or rows do not fit together.
 * - `INVALID_BATCH`: the caller gave a wrong batch (a bug); nothing of the batch was kept.
 * - `FAILED`: the disk or file system refused (full, read-only, …); nothing of the batch was kept.
 * - `CLOSED`: the store is closed.
 * - `LOST`: this store no longer owns its data file: the file was removed, moved, replaced, hard-linked, or opened by
 *   another server. This store never writes again. The refused change may be in the file or not.
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

/** An error of a store. Its message is one line that can be shown to an operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
