/** A comparison as the report page shows it: plain data, with all texts. */
import type { ShownComparison } from '../result.ts'
import type { Experiment } from './experiment.ts'
import { answerOf, notesOf, printChange, printEstimate, verdictOf } from './words.ts'

export function shownOf(experiment: Experiment): ShownComparison {
  const { seeds, outcomes } = experiment
  const [base, ...others] = outcomes
  return {
    title: base?.first.scenario.title ?? '',
    seeds,
    base: base?.name ?? '',
    ...answerOf(experiment),
    variants: others.map(({ name, differences }) => ({
      name,
      differences: differences.map((each) => {
        const { label, unit, base: before, own, difference } = each
        const { mean, low = mean, high = mean } = difference
        const texts = { base: printEstimate(before, unit), own: printEstimate(own, unit) }
        return { label, ...texts, difference: printChange(difference, unit), verdict: verdictOf(each), mean, low, high }
      }),
    })),
    notes: notesOf(experiment),
  }
}
