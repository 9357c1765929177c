/** Errors of stores. */
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

export type StoreErrorCode = CodeOf<'StoreError'>

/** An error of a store. Its message is one line that can be shown to an operator. */
export class StoreError extends MrdianError {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
