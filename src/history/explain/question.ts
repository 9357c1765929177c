/** Questions that can be asked about the history, and reasons why a question has no answer. */

/** A question. Times are milliseconds since 1970 UTC. */
export interface Question {
  readonly user: string
  /** The moment to explain. Default: `to`, or else the end of the user's journal. */
  readonly at?: number
  /**
   * Beginning of the timeline. By default the timeline reaches back to the beginning of the oldest current state, but
   * at least ten minutes and at most an hour.
   */
  readonly from?: number
  /** End of the timeline. It is also the moment if `at` is not given. */
  readonly to?: number
  /** Restricts the answer to this MRD. */
  readonly mrd?: string
  /** Restricts the answer to this dialog or call. */
  readonly dialog?: string
  /** Maximum number of episodes, 1 to 1000; the newest ones are kept. Default: 200. */
  readonly limit?: number
  /** Shows values of call variables and numbers of callers. By default they are hidden. */
  readonly personal?: boolean
  /** The current time. Later times are refused. By default every time is accepted. */
  readonly now?: number
}

export const LIMIT = { standard: 200, most: 1000 } as const

/**
 * - `INVALID_QUESTION`: times that contradict each other, a limit out of range, a time in the future.
 * - `EMPTY_HISTORY`: the history has no rows.
 * - `UNKNOWN_USER`: the history has no rows of this user.
 * - `UNKNOWN_MRD`, `UNKNOWN_DIALOG`: the user does not have it.
 * - `NOT_YET`: the user did not exist yet at that time.
 * - `FORGOTTEN`: that time is not kept any more (compaction).
 * - `UNREADABLE`: rows were written by machines that this version does not know.
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

/** A question that has no answer. The message is a sentence for the caller. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError'
  readonly problem: ExplainProblem
  /** Name of the wrong part of the question, or the unknown id. */
  readonly about: string

  constructor(problem: ExplainProblem, about: string, message: string) {
    super(message)
    this.problem = problem
    this.about = about
  }
}
