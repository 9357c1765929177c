import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** This version cannot continue with the contents of the store. */
export class RecoveryError extends MrdianError {
  override readonly name: string = 'RecoveryError'
  readonly code: CodeOf<'RecoveryError'> = 'RECOVERY_FAILED'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}
