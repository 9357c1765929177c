/** An experiment as CSV: a row for each figure of each variant. Durations are in milliseconds, shares from 0 to 1. */
import { csv } from '../../tables/index.ts'
import type { Experiment } from './experiment.ts'
import { verdictOf } from './words.ts'

const HEAD = [
  'variant',
  'figure',
  'label',
  'unit',
  'runs',
  'mean',
  'low',
  'high',
  'difference',
  'differenceLow',
  'differenceHigh',
  'verdict',
]
const UNITS = { count: '', duration: 'ms', share: 'share' } as const

export function experimentCsv({ outcomes }: Experiment): string {
  const rows = outcomes.flatMap(({ name, figures, differences }) =>
    figures.map(({ id, label, unit, estimate: { mean, low, high, runs } }) => {
      const difference = differences.find((each) => each.id === id)
      const { mean: by, low: least, high: most } = difference?.difference ?? {}
      const verdict = difference ? verdictOf(difference) : undefined
      return [name, id, label, UNITS[unit], runs, mean, low, high, by, least, most, verdict]
    }),
  )
  return csv([HEAD, ...rows])
}
