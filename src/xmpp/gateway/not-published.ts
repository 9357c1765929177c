import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** A notification was not published, and there is a connection. The engine sends it again. */
export class NotPublished extends MrdianError {
  override readonly name = 'NotPublished'
  readonly code: CodeOf<'NotPublished'>
  constructor(code: CodeOf<'NotPublished'>, message: string) {
    super(message)
    this.code = code
  }
}
