/** Explains in slices of time, so that other work is not delayed. */
import type { History } from '../../engine/ports.ts'
import { inSlices } from '../../waiting/slices.ts'
import { explaining } from './explain.ts'
import type { Explanation } from './explanation.ts'
import type { Question } from './question.ts'

/**
 * As `explain`, but awaits `pause` after each slice, so that other work can run.
 *
 * @throws ExplainError
 */
export function explainInSlices(
  history: History,
  question: Question,
  pause: () => Promise<unknown>,
): Promise<Explanation> {
  return inSlices(explaining(history, question), pause)
}
