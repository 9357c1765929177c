/** Questions that can be asked about the history, and reasons why a question has no answer. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** A question. Times are milliseconds since 1970 UTC. */
export interface Question {
  readonly user: string
  /** The moment to explain. Default: `to`, or else the end of the user's journal. */
  readonly at?: number | undefined
  /**
   * Beginning of the timeline. By default the timeline reaches back to the beginning of the oldest current state, but
   * at least ten minutes and at most an hour.
   */
  readonly from?: number | undefined
  /** End of the timeline. It is also the moment if `at` is not given. */
  readonly to?: number | undefined
  /** Restricts the answer to this MRD. */
  readonly mrd?: string | undefined
  /** Restricts the answer to this dialog or call. */
  readonly dialog?: string | undefined
  /** Maximum number of episodes, 1 to 1000; the newest ones are kept. Default: 200. */
  readonly limit?: number | undefined
  /** Shows values of call variables and numbers of callers. By default they are hidden. */
  readonly personal?: boolean | undefined
  /** The current time. Later times are refused. By default every time is accepted. */
  readonly now?: number | undefined
}

export const LIMIT = { standard: 200, most: 1000 } as const

/** A question that has no answer. The message is a sentence for the caller. */
export class ExplainError extends MrdianError {
  override readonly name = 'ExplainError'
  readonly code: CodeOf<'ExplainError'>
  /** Name of the wrong part of the question, or the unknown id. */
  readonly about: string

  constructor(code: CodeOf<'ExplainError'>, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }
}
