/**
 * An experiment as CSV: a row for each figure of each variant. Durations are in milliseconds, shares from 0 to 1. In a
 * sweep the rows of a figure are its curve: `sweep` is the path, and `value` the value that was tried.
 */
import { csv } from '../../tables/index.ts'
import type { Experiment } from './experiment.ts'
import { figureOf, targetVerdict } from './target.ts'
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
  'sweep',
  'value',
  'target',
]
const UNITS = { count: '', duration: 'ms', share: 'share' } as const

export function experimentCsv({ outcomes, target }: Experiment): string {
  const rows = outcomes.flatMap(({ name, point, figures, differences }) => {
    const sought = target && figureOf(target, figures)?.id
    return figures.map(({ id, label, unit, estimate: { mean, low, high, runs } }) => {
      const difference = differences.find((each) => each.id === id)
      const { mean: by, low: least, high: most } = difference?.difference ?? {}
      const verdict = difference ? verdictOf(difference) : undefined
      const numbers = [runs, mean, low, high, by, least, most]
      const met = target && id === sought ? targetVerdict(target, figures) : undefined
      return [name, id, label, UNITS[unit], ...numbers, verdict, point?.path, point?.value, met]
    })
  })
  return csv([HEAD, ...rows])
}
