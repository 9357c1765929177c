import type { ErrorCode } from './codes.ts'
import type { CodeOf } from './reporters.ts'

export type { CodeOf } from './reporters.ts'

/** An error of this package. `code` is stable and stands in the table of errors; `message` is for people and may change. */
export abstract class MrdianError extends Error {
  abstract readonly code: ErrorCode
}

/** An argument or option has a value that it cannot have. Nothing has changed. */
export class InvalidArgument extends MrdianError {
  override readonly name = 'InvalidArgument'
  readonly code: CodeOf<'InvalidArgument'> = 'INVALID_ARGUMENT'
}
