/** Prints an experiment for a terminal: the answer, then only the figures that differ. */
import { table } from '../../tables/index.ts'
import { printDuration } from '../scenario/time.ts'
import { type Curve, type CurveFigure, curveOf } from './curve.ts'
import type { Experiment, Outcome } from './experiment.ts'
import { peopleOf } from './people.ts'
import { answerOf, isShown, notesOf, printChange, printEstimate, verdictOf } from './words.ts'

export interface PrintOptions {
  /** Also the figures that do not differ. */
  readonly all?: boolean
}

export function printExperiment(experiment: Experiment, { all = false }: PrintOptions = {}): string {
  const { outcomes } = experiment
  const [base, ...others] = outcomes
  if (!base) return ''
  const { sentences, warnings } = answerOf(experiment)
  const curve = curveOf(experiment)
  const parts = [
    head(experiment, base),
    sentences.join('\n'),
    warnings.map((warning) => `Warning: ${warning}`).join('\n'),
    ...(curve ? curves(curve, all) : []),
    ...(curve ? [] : others.length === 0 ? [estimates(base)] : others.map((other) => differences(base, other, all))),
    notesOf(experiment).join('\n'),
    peopleOf(outcomes)
      .map(({ of, about, value, source }) => `People${of}: ${about}: ${value} (${source})`)
      .join('\n'),
    outcomes
      .map((outcome) => broken(outcome, experiment))
      .filter(Boolean)
      .join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function head({ seeds, outcomes }: Experiment, { first }: Outcome): string {
  const { scenario, durationMs, warmUpMs, counts } = first
  const warm = warmUpMs > 0 ? `, figures from ${printDuration(warmUpMs)} on` : ''
  const runs = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} runs, seeds ${seeds[0]} to ${seeds.at(-1)}`
  const names = outcomes.length > 1 ? `\nVariants: ${outcomes.map(({ name }) => name).join(', ')}` : ''
  return `${scenario.title}\n${printDuration(durationMs)}${warm}, ${counts.agents} agents, ${counts.contacts} contacts, ${runs}${names}`
}

function estimates({ figures }: Outcome): string {
  const rows = figures.map(({ label, unit, estimate }) => [label, printEstimate(estimate, unit)])
  return table([['Figure', 'mean (95 % interval)'], ...rows])
}

/** Most figures beside each other, so that a line fits a usual terminal. */
const COLUMNS = 3

/** The staffing curve: a line for each value. Only the figures that depend on it, and that of the target. */
function curves({ path, figures }: Curve, all: boolean): readonly string[] {
  const shown = figures.filter(({ isMain }) => all || isMain)
  if (shown.length === 0) return [`No headline depends on ${path}. All figures: --all`]
  const pages = Array.from({ length: Math.ceil(shown.length / COLUMNS) }, (_, page) =>
    shown.slice(page * COLUMNS, (page + 1) * COLUMNS),
  )
  return pages.map((page) => curvePage(path, page))
}

function curvePage(path: string, figures: readonly CurveFigure[]): string {
  const [first] = figures
  const lines = first?.lines ?? []
  const heads = figures.flatMap(({ facts, lines: [one] }) =>
    one?.points.some(({ verdict }) => verdict) ? [facts.label, ''] : [facts.label],
  )
  const rows = lines.flatMap(({ variant, points }, line) =>
    points.map(({ value }, at) => [
      `${variant === '' ? '' : `${variant}, `}${path}=${value}`,
      ...figures.flatMap((figure) => {
        const { figure: found, verdict } = figure.lines[line]?.points[at] ?? {}
        const text = found ? printEstimate(found.estimate, found.unit) : ''
        return verdict ? [text, verdict] : [text]
      }),
    ]),
  )
  return table([['', ...heads], ...rows])
}

function differences(base: Outcome, other: Outcome, all: boolean): string {
  const shown = other.differences.filter((each) => all || isShown(each))
  if (shown.length === 0) return `${other.name}: no figure differs from ${base.name}.`
  const rows = shown.map((each) => [
    each.label,
    printEstimate(each.base, each.unit),
    printEstimate(each.own, each.unit),
    printChange(each.difference, each.unit),
    verdictOf(each),
  ])
  return table([[all ? 'Figure' : 'Figures that differ', base.name, other.name, 'difference', ''], ...rows])
}

function broken({ name, broken: all }: Outcome, { seeds }: Experiment): string {
  return all
    .map(
      ({ line, text, found, runs }) =>
        `${name}, line ${line}: ${text}: not in ${runs} of ${seeds.length} runs; found ${found}`,
    )
    .join('\n')
}
