/**
 * Runs every variant with several seeds. All variants have the same seeds: the same customers come at the same times, with
 * the same patience and the same work to be done. So a difference is one of the variants, not of the customers.
 */
import { availableParallelism } from 'node:os'
import type { Expectation, SimulationResult } from '../result.ts'
import type { Point, Variant } from '../scenario/model.ts'
import { simulate } from '../simulate.ts'
import { type Counter, counterOf } from './counter.ts'
import { type FigureFacts, figuresOf, type MeasuredFigure } from './figures.ts'
import { type Estimate, estimate } from './statistics.ts'
import type { Target } from './target.ts'
import { runApart, type Task } from './threads.ts'

export interface ExperimentOptions {
  /** Number of seeds, from the scenario's on. */
  readonly replications: number
  /** Default: the seed of the first variant. */
  readonly seed?: number
  /** Number of agents whose whole day is in the first run of each variant. */
  readonly lanes?: number
  /** Number of threads. Default: one per core; none, if the runs are short. */
  readonly threads?: number
  /** Whether differences are looked at with other assumptions about people too (yes). */
  readonly counter?: boolean
  readonly onProgress?: (done: number, all: number) => void
}

export interface FigureEstimate extends FigureFacts {
  readonly estimate: Estimate
}

/** A figure of a variant, minus the same figure of the first variant, seed by seed. */
export interface Difference extends FigureFacts {
  readonly base: Estimate
  readonly own: Estimate
  readonly difference: Estimate
}

/** An expectation that did not hold, and in how many runs. */
export interface Broken extends Expectation {
  readonly runs: number
}

export interface Outcome {
  readonly name: string
  /** Only in a sweep. */
  readonly point?: Point
  readonly figures: readonly FigureEstimate[]
  /** To the first variant; empty for that. */
  readonly differences: readonly Difference[]
  readonly broken: readonly Broken[]
  /** The whole result of the first seed. */
  readonly first: SimulationResult
}

export interface Experiment {
  /** Version of this format. */
  readonly format: 1
  readonly seeds: readonly number[]
  readonly outcomes: readonly Outcome[]
  /** What a sweep looked for. */
  readonly target?: Target
  /** The same differences with other assumptions about people, in the order of the outcomes. */
  readonly counter?: { readonly kind: Counter['kind']; readonly differences: readonly (readonly Difference[])[] }
}

/** Below this number of inputs, threads take longer to start than the runs take. */
const SHORT = 30_000
const LANES = 50

/** @throws SimulationFailed */
export async function experiment(variants: readonly Variant[], options: ExperimentOptions): Promise<Experiment> {
  const first = options.seed ?? variants[0]?.scenario.seed ?? 1
  const seeds = Array.from({ length: options.replications }, (_, index) => first + index)
  const counter = variants.length > 1 && options.counter !== false ? counterOf(variants) : undefined
  const all = counter ? [...variants, ...counter.variants] : variants
  const results = await runAll(all, seeds, variants.length, options)
  const runs = results.map((of) => of.map(figuresOf))
  const outcomes = variants.map(({ name, point }, index): Outcome => {
    const own = results[index] ?? []
    const [one] = own
    if (!one) throw new RangeError('an experiment needs a seed')
    const differences = index === 0 ? [] : differencesOf(runs[0] ?? [], runs[index] ?? [])
    const facts = point ? { name, point } : { name }
    return { ...facts, figures: estimatesOf(runs[index] ?? []), differences, broken: brokenIn(own), first: one }
  })
  if (!counter) return { format: 1, seeds, outcomes }
  const countered = runs.slice(variants.length)
  const differences = countered.map((own) => differencesOf(countered[0] ?? [], own))
  return { format: 1, seeds, outcomes, counter: { kind: counter.kind, differences } }
}

/** One run as an experiment, to print its figures in the same form. */
export function alone(result: SimulationResult): Experiment {
  const figures = estimatesOf([figuresOf(result)])
  const broken = brokenIn([result])
  const outcome = { name: result.scenario.name, figures, differences: [], broken, first: result }
  return { format: 1, seeds: [result.seed], outcomes: [outcome] }
}

/** The results by variant and seed. The first run tells whether threads are worth their start. */
async function runAll(
  variants: readonly Variant[],
  seeds: readonly number[],
  shown: number,
  { lanes = LANES, threads = availableParallelism(), onProgress }: ExperimentOptions,
): Promise<readonly (readonly SimulationResult[])[]> {
  const tasks = variants.flatMap(({ scenario }, variant) =>
    seeds.map((seed, index): Task => ({ scenario, seed, lanes: index === 0 && variant < shown ? lanes : 0 })),
  )
  let done = 0
  const finished = () => {
    done += 1
    onProgress?.(done, tasks.length)
  }
  const results: SimulationResult[] = []
  const here = async (task: Task) => {
    const { scenario, seed } = task
    results.push(await simulate(scenario, { seed, lanes: task.lanes }))
    finished()
  }
  const [one, ...others] = tasks
  if (one) await here(one)
  const inputs = (results[0]?.counts.inputs ?? 0) * others.length
  if (threads > 1 && inputs > SHORT) results.push(...(await runApart(others, threads, finished)))
  else for (const task of others) await here(task)
  return variants.map((_, index) => results.slice(index * seeds.length, (index + 1) * seeds.length))
}

type Runs = readonly (readonly MeasuredFigure[])[]

/** Figures that any run has, in the order of the first one that has them. */
function factsOf(runs: Runs): readonly FigureFacts[] {
  const known = new Map<string, FigureFacts>()
  for (const figures of runs)
    for (const { value: _, ...facts } of figures) if (!known.has(facts.id)) known.set(facts.id, facts)
  return [...known.values()]
}

const valueIn = (figures: readonly MeasuredFigure[] | undefined, id: string) =>
  figures?.find((figure) => figure.id === id)?.value

function estimatesOf(runs: Runs): readonly FigureEstimate[] {
  return factsOf(runs).map((facts) => {
    const values = runs.flatMap((figures) => valueIn(figures, facts.id) ?? [])
    return { ...facts, estimate: estimate(values) }
  })
}

function differencesOf(base: Runs, own: Runs): readonly Difference[] {
  return factsOf([...base, ...own]).flatMap((facts) => {
    const pairs = own.flatMap((figures, index) => {
      const [before, after] = [valueIn(base[index], facts.id), valueIn(figures, facts.id)]
      return before === undefined || after === undefined ? [] : [{ before, after }]
    })
    if (pairs.length === 0) return []
    return [
      {
        ...facts,
        base: estimate(pairs.map(({ before }) => before)),
        own: estimate(pairs.map(({ after }) => after)),
        difference: estimate(pairs.map(({ before, after }) => after - before)),
      },
    ]
  })
}

/** Expectations that did not hold in every run, with what the first such run found. */
function brokenIn(results: readonly SimulationResult[]): readonly Broken[] {
  const broken = new Map<string, Broken>()
  for (const each of results.flatMap(({ expectations }) => expectations.filter(({ held }) => !held))) {
    const key = `${each.line} ${each.at} ${each.text}`
    const known = broken.get(key)
    broken.set(key, { ...(known ?? each), runs: (known?.runs ?? 0) + 1 })
  }
  return [...broken.values()]
}
