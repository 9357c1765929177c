import type { ErrorCode } from './codes.ts'
import type { CodeOf } from './reporters.ts'

export type { CodeOf } from './reporters.ts'

/**
 * The base class of all errors of this package. `code` never changes and is in the table of errors. `message` may
 * change.
 */
export abstract class MrdianError extends Error {
  abstract readonly code: ErrorCode
}

/** An argument or option has a value that it cannot have. Nothing has changed. */
export class InvalidArgument extends MrdianError {
  override readonly name = 'InvalidArgument'
  readonly code: CodeOf<'InvalidArgument'> = 'INVALID_ARGUMENT'
}
