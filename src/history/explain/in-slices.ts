/** Explains in slices of time, so that other work is not delayed. */
import type { History } from '../../engine/ports.ts'
import { explaining } from './explain.ts'
import type { Explanation } from './explanation.ts'
import type { Question } from './question.ts'

/** Length of a slice in milliseconds. */
const SLICE = 10

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
  for (let begun = performance.now(); ; ) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - begun < SLICE) continue
    await pause()
    begun = performance.now()
  }
}
