/** Numbers of comparisons in words: values, intervals, and the answer in plain sentences. */
import type { Unit } from '../scenario/condition.ts'
import { printDuration } from '../scenario/time.ts'
import { SMALL } from './counter.ts'
import type { Difference, Experiment, Outcome } from './experiment.ts'
import { type Estimate, isClear } from './statistics.ts'
import { targetVerdict } from './target.ts'

/** A value with the digits that a reader needs. */
export function printFigure(value: number, unit: Unit): string {
  if (unit === 'duration')
    return printDuration(Math.abs(value) < 10_000 ? Math.round(value / 100) * 100 : Math.round(value / 1000) * 1000)
  if (unit === 'share') return `${(value * 100).toFixed(1)}%`
  return Number.isInteger(value) || Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(1)
}

/** For example `4m (3m to 5m)`. No figure is below zero, and no share above one. */
export function printEstimate({ mean, low, high }: Estimate, unit: Unit): string {
  const most = unit === 'share' ? 1 : Number.POSITIVE_INFINITY
  const print = (value: number) => printFigure(Math.min(most, Math.max(0, value)), unit)
  return low === undefined || high === undefined ? print(mean) : `${print(mean)} (${print(low)} to ${print(high)})`
}

/** With its sign: `+4m (+3m to +5m)`. */
export function printChange({ mean, low, high }: Estimate, unit: Unit): string {
  const print = (value: number) => {
    const shown = printFigure(Math.abs(value), unit)
    return shown === printFigure(0, unit) ? shown : `${value > 0 ? '+' : '\u2212'}${shown}`
  }
  return low === undefined || high === undefined ? print(mean) : `${print(mean)} (${print(low)} to ${print(high)})`
}

/** Whether a difference is good news; `same` if it cannot be told from chance. */
export type Verdict = 'better' | 'worse' | 'different' | 'same' | 'one run'

export function verdictOf({ better, difference }: Difference): Verdict {
  const { mean, low } = difference
  if (mean === 0) return 'same'
  if (low === undefined) return 'one run'
  if (!isClear(difference)) return 'same'
  if (better === undefined) return 'different'
  return (better === 'less') === mean < 0 ? 'better' : 'worse'
}

/** Differences to show: all that can be told from chance, or with one run all that there are. */
export const isShown = (difference: Difference): boolean => verdictOf(difference) !== 'same'

/** What the report begins with: a paragraph for each variant, and warnings. */
export interface Answer {
  readonly sentences: readonly string[]
  readonly warnings: readonly string[]
}

export function answerOf(experiment: Experiment): Answer {
  const [base, ...others] = experiment.outcomes
  const sought = targetSentence(experiment)
  if (!base || others.length === 0) return { sentences: sought === undefined ? [] : [sought], warnings: [] }
  // The values between the ends of a sweep are in its curve.
  const told = base.point ? others.slice(-1) : others
  const sentences = told.map((outcome) => sentenceOf(outcome, base, experiment.seeds.length))
  return {
    sentences: sought === undefined ? sentences : [sought],
    warnings: [...oneRun(experiment), ...others.flatMap((outcome, index) => peopleIn(outcome, index + 1, experiment))],
  }
}

const oneRun = ({ seeds }: Experiment): readonly string[] =>
  seeds.length > 1
    ? []
    : ['One seed was run, so no difference can be told from chance. Ask for more with --replications 10.']

function sentenceOf({ name, differences }: Outcome, base: Outcome, seeds: number): string {
  const main = differences.filter(({ isMain }) => isMain)
  const clear = main.filter((each) => verdictOf(each) === 'better' || verdictOf(each) === 'worse')
  const against = `${name}, compared with ${base.name}`
  if (seeds === 1) {
    const largest = main.filter(({ difference }) => difference.mean !== 0).map(changeIn)
    return largest.length === 0 ? `${against}: no difference.` : `${against}, in this one run: ${largest.join('; ')}.`
  }
  if (clear.length === 0) return `${against}: no difference that can be told from chance.`
  const rest = clear.length < main.length ? ' The rest cannot be told from chance.' : ''
  return `${against}: ${clear.map((each) => `${changeIn(each)}, ${verdictOf(each)}`).join('; ')}.${rest}`
}

function changeIn({ label, unit, base, difference }: Difference): string {
  const { mean, low, high } = difference
  const word = mean > 0 ? 'more' : 'less'
  const print = (value: number) => printFigure(value, unit)
  const size = `${print(Math.abs(mean))} ${word}`
  const from = `than ${print(base.mean)}`
  if (low === undefined || high === undefined) return `${label} ${size} ${from}`
  const bounds = mean > 0 ? [low, high] : [-high, -low]
  return `${label} ${size} (${bounds.map(print).join(' to ')}) ${from}`
}

/** What a sweep with a target found. `undefined` without a target. */
function targetSentence({ outcomes, target }: Experiment): string | undefined {
  if (!target) return undefined
  const met = outcomes.find(({ figures }) => targetVerdict(target, figures) === 'met')
  return met ? `${met.name} is the first that surely meets ${target.text}.` : `No value surely meets ${target.text}.`
}

/** Where a difference is there only because of what is assumed of people. */
function peopleIn({ name, differences }: Outcome, index: number, { counter }: Experiment): readonly string[] {
  if (!counter) return []
  const others = counter.differences[index] ?? []
  return differences.flatMap((each) => {
    const verdict = verdictOf(each)
    if (!each.isMain || (verdict !== 'better' && verdict !== 'worse')) return []
    const other = others.find(({ id }) => id === each.id)
    if (other && verdictOf(other) === verdict) return []
    const found = other ? printChange(other.difference, each.unit) : 'nothing'
    return [
      `${name} is ${verdict} in ${each.label} by what is assumed of people: ${IF[counter.kind]}, the difference is ${found}.`,
    ]
  })
}

const IF = {
  free: 'if interruptions and further tasks cost nothing',
  costly: `if it costs ${printDuration(SMALL.resumeSeconds)} to pick up interrupted work and ${printDuration(SMALL.switchSeconds)} to take up another task`,
} as const

/** How to read the figures. */
export function notesOf({ seeds, outcomes }: Experiment): readonly string[] {
  const runs = seeds.length
  const open = outcomes.some(({ first }) => first.queues.some(({ stillWaiting }) => stillWaiting > 0))
  return [
    runs > 1
      ? `Means of ${runs} runs, in brackets their 95 % intervals. Each interval is for its figure alone: of twenty figures that do not differ, one seems to.`
      : '',
    runs > 1 && outcomes.some(({ differences }) => differences.length > 0)
      ? 'All variants had the same customers; differences are taken seed by seed.'
      : '',
    open
      ? 'Contacts that still waited at the end count with their wait until then, so waits are at least what is shown.'
      : '',
  ].filter(Boolean)
}
