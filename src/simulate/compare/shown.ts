/** An experiment as the report page shows it: plain data, with all texts. */
import type { ShownComparison, ShownCurve, ShownPoint } from '../result.ts'
import { type CurveFigure, type CurvePoint, curveOf } from './curve.ts'
import type { Experiment, Outcome } from './experiment.ts'
import { peopleOf } from './people.ts'
import { answerOf, notesOf, printChange, printEstimate, verdictOf } from './words.ts'

export function shownOf(experiment: Experiment): ShownComparison {
  const { seeds, outcomes } = experiment
  const [base, ...others] = outcomes
  const curve = curveOf(experiment)
  return {
    title: base?.first.scenario.title ?? '',
    seeds,
    base: base?.name ?? '',
    ...answerOf(experiment),
    // In a sweep the curve says more than differences to its first value.
    variants: curve ? [] : others.map(variantOf),
    ...(curve
      ? { curve: { path: curve.path, figures: curve.figures.map((each) => curveFigure(each, curve.target)) } }
      : {}),
    all: allFigures(outcomes),
    runs: shownRuns(experiment).map(({ name }) => name),
    people: peopleOf(outcomes),
    notes: notesOf(experiment),
  }
}

/** The variants whose first runs are in the report: of a sweep only the first and the last value that was tried. */
export function shownRuns({ outcomes }: Experiment): readonly Outcome[] {
  const [first] = outcomes
  const last = outcomes.at(-1)
  return first?.point && last && first !== last ? [first, last] : outcomes
}

const variantOf = ({ name, differences }: Outcome): ShownComparison['variants'][number] => ({
  name,
  differences: differences.map((each) => {
    const { label, unit, base: before, own, difference } = each
    const { mean, low = mean, high = mean } = difference
    const texts = { base: printEstimate(before, unit), own: printEstimate(own, unit) }
    return { label, ...texts, difference: printChange(difference, unit), verdict: verdictOf(each), mean, low, high }
  }),
})

function curveFigure({ facts, lines, isMain }: CurveFigure, target: Experiment['target']): ShownCurve {
  const { label, unit } = facts
  const isSought = lines.some(({ points }) => points.some(({ verdict }) => verdict !== undefined))
  return {
    label,
    unit,
    isMain,
    ...(target && isSought ? { target: { text: target.text, value: target.value } } : {}),
    lines: lines.map(({ variant, points }) => ({ name: variant, points: points.flatMap(pointOf) })),
  }
}

function pointOf({ value, figure, verdict }: CurvePoint): readonly ShownPoint[] {
  if (!figure) return []
  const { mean, low = mean, high = mean } = figure.estimate
  const text = printEstimate(figure.estimate, figure.unit)
  return [{ value, text, mean, low, high, ...(verdict ? { verdict } : {}) }]
}

function allFigures(outcomes: readonly Outcome[]): ShownComparison['all'] {
  const labels = new Map(outcomes.flatMap(({ figures }) => figures.map(({ id, label }) => [id, label] as const)))
  const figures = [...labels].map(([id, label]) => ({
    label,
    values: outcomes.map(({ figures: own }) => {
      const found = own.find((each) => each.id === id)
      return found ? printEstimate(found.estimate, found.unit) : ''
    }),
  }))
  return { names: outcomes.map(({ name }) => name), figures }
}
