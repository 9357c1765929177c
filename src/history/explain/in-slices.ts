/** Explaining beside other work. */
import type { History } from '../../engine/ports.ts'
import { explaining } from './explain.ts'
import type { Explanation } from './explanation.ts'
import type { Question } from './question.ts'

/** Longer than this nobody else waits; milliseconds. */
const SLICE = 10

/**
 * As `explain`, and lets others run in between: `pause` resolves when they have.
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
