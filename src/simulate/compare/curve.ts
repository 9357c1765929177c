/** The staffing curve of a sweep: how the figures depend on the value that was tried. */
import type { Point } from '../scenario/model.ts'
import type { Experiment, FigureEstimate, Outcome } from './experiment.ts'
import { figureOf, type Target, type TargetVerdict, targetVerdict } from './target.ts'
import { printEstimate } from './words.ts'

/** One value that was tried. */
export interface CurvePoint {
  readonly value: Point['value']
  /** Absent if the figure does not exist at this value, for example because nobody used the medium. */
  readonly figure?: FigureEstimate
  /** Only for the figure of a target. */
  readonly verdict?: TargetVerdict
}

/** One figure. There is a line for each variant of the scenario; without variants its name is `''`. */
export interface CurveFigure {
  readonly facts: Omit<FigureEstimate, 'estimate'>
  readonly lines: readonly { readonly variant: string; readonly points: readonly CurvePoint[] }[]
  /** The curve is worth a look: it is a headline or the target, and it is not flat. */
  readonly isMain: boolean
}

export interface Curve {
  readonly path: string
  readonly target?: Target
  /** That of the target first. */
  readonly figures: readonly CurveFigure[]
}

/** `undefined` if the experiment is no sweep. */
export function curveOf({ outcomes, target }: Experiment): Curve | undefined {
  const [first] = outcomes
  if (!first?.point) return undefined
  const facts = new Map<string, CurveFigure['facts']>()
  for (const { figures } of outcomes)
    for (const { estimate: _, ...each } of figures) if (!facts.has(each.id)) facts.set(each.id, each)
  const wanted = target && figureOf(target, [...facts.values()])
  const figures = [...facts.values()].map((each) => figureIn(each, outcomes, each === wanted ? target : undefined))
  const inOrder = [
    ...figures.filter((each) => each.facts === wanted),
    ...figures.filter((each) => each.facts !== wanted),
  ]
  return { path: first.point.path, ...(target ? { target } : {}), figures: inOrder }
}

function figureIn(facts: CurveFigure['facts'], outcomes: readonly Outcome[], target: Target | undefined): CurveFigure {
  const variants = [...new Set(outcomes.map(({ point }) => point?.variant ?? ''))]
  const lines = variants.map((variant) => ({
    variant,
    points: outcomes.flatMap(({ point, figures }) => {
      if (!point || point.variant !== variant) return []
      const figure = figures.find(({ id }) => id === facts.id)
      const verdict = target && targetVerdict(target, figures)
      return [{ value: point.value, ...(figure ? { figure } : {}), ...(verdict ? { verdict } : {}) }]
    }),
  }))
  const texts = lines.flatMap(({ points }) =>
    points.map(({ figure }) => (figure ? printEstimate(figure.estimate, figure.unit) : '')),
  )
  return { facts, lines, isMain: target !== undefined || (facts.isMain && new Set(texts).size > 1) }
}
