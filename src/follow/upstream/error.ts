import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** A request to the followed Finesse failed. The message never contains passwords or the text of an answer. */
export class UpstreamError extends MrdianError {
  override readonly name = 'UpstreamError'
  readonly code: CodeOf<'UpstreamError'>
  /** The status of the answer; `undefined` without an answer. */
  readonly status: number | undefined
  constructor(code: CodeOf<'UpstreamError'>, message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.status = status
  }
}
