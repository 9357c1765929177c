/** What can be asked of the past, and why it may not be answered. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'

/** What is to be explained. Times are milliseconds since 1970 UTC. */
export interface Question {
  readonly user: string
  /** The moment; the end of the user's journal when left out, or `to`. */
  readonly at?: number
  /** Beginning of the timeline; without it the timeline reaches back to the oldest state, ten minutes at least, an hour at most. */
  readonly from?: number
  /** End of the timeline, and the moment, unless `at` is given. */
  readonly to?: number
  /** Only what is about this MRD. */
  readonly mrd?: string
  /** Only what is about this dialog, or call. */
  readonly dialog?: string
  /** At most so many episodes, the newest ones: 1 to 1000, 200 unless given. */
  readonly limit?: number
  /** Show values of call variables and numbers of callers; they are hidden otherwise. */
  readonly personal?: boolean
  /** The present: what lies behind it is no past. Left out, every time is taken. */
  readonly now?: number
}

export const LIMIT = { standard: 200, most: 1000 } as const

/** A question that has no answer. The message is a sentence for whoever asked. */
export class ExplainError extends MrdianError {
  override readonly name = 'ExplainError'
  readonly code: CodeOf<'ExplainError'>
  /** Name of the part of the question that is wrong, or the id that is unknown. */
  readonly about: string

  constructor(code: CodeOf<'ExplainError'>, about: string, message: string) {
    super(message)
    this.code = code
    this.about = about
  }
}
