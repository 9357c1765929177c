/** What can be asked of the past, and why it may not be answered. */

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

/**
 * - `INVALID_QUESTION`: times that contradict each other, a limit out of range, a time in the future.
 * - `EMPTY_HISTORY`: nothing was ever written.
 * - `UNKNOWN_USER`: the history has nothing of this user.
 * - `UNKNOWN_MRD`, `UNKNOWN_DIALOG`: nothing of it with this user.
 * - `NOT_YET`: the user came later.
 * - `FORGOTTEN`: it was kept once.
 * - `UNREADABLE`: written by machines that this version cannot follow.
 */
export type ExplainProblem =
  | 'INVALID_QUESTION'
  | 'EMPTY_HISTORY'
  | 'UNKNOWN_USER'
  | 'UNKNOWN_MRD'
  | 'UNKNOWN_DIALOG'
  | 'NOT_YET'
  | 'FORGOTTEN'
  | 'UNREADABLE'

/** A question that has no answer. The message is a sentence for whoever asked. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError'
  readonly problem: ExplainProblem
  /** Name of the part of the question that is wrong, or the id that is unknown. */
  readonly about: string

  constructor(problem: ExplainProblem, about: string, message: string) {
    super(message)
    this.problem = problem
    this.about = about
  }
}
