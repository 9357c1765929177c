import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** The store holds something that this version cannot go on from. */
export class RecoveryError extends MrdianError {
  override readonly name: string = 'RecoveryError'
  readonly code: CodeOf<'RecoveryError'> = 'RECOVERY_FAILED'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}
