/** Explains in slices of time, so that other work is not delayed. */
import type { History } from '../../engine/ports.ts'
import { TimeSlices } from '../../waiting/slices.ts'
import { explaining } from './explain.ts'
import type { Explanation } from './explanation.ts'
import type { Question } from './question.ts'

/**
 * As `explain`, but awaits `pause` after each slice, so that other work can run.
 *
 * @throws ExplainError
 */
export async function explainInSlices(
  history: History,
  question: Question,
  pause: () => Promise<unknown>,
): Promise<Explanation> {
  const steps = explaining(history, question)
  const slices = new TimeSlices(pause)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (slices.isOver) await slices.next()
  }
}
