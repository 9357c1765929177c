/** Runs what `mrdian simulate` is asked for: one run, a comparison, or a sweep. */
import { writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import {
  alone,
  closest,
  type Experiment,
  experiment,
  experimentCsv,
  loadVariants,
  printExperiment,
  printResult,
  ScenarioError,
  type ShownComparison,
  type SimulateOptions,
  type SimulationResult,
  shownOf,
  shownRuns,
  simulate,
  type Variant,
} from '../../simulate/index.ts'
import { assertFile } from '../data-file.ts'
import { complain, progressOn } from '../progress.ts'
import { UsageFailure } from '../start-failure.ts'
import type { SimulateFlags } from './options.ts'
import { progressBar, stepper } from './progress.ts'
import { sweepUntil } from './until.ts'

/** Number of seeds of a comparison. */
const REPLICATIONS = 10

type Print = (line: string) => void

export async function runSimulations(names: readonly string[], flags: SimulateFlags, print: Print): Promise<void> {
  // All files are read before the first run.
  const variants = (await Promise.all(names.map((name) => variantsOf(name, names.length > 1, flags)))).flat()
  const [only] = variants
  if (!only) return
  const { replications = variants.length > 1 ? REPLICATIONS : 1, until } = flags
  if (until) {
    const found = await sweepUntil(variants, until, (variant) => runExperiment([variant], replications, flags))
    return reportMany(found, flags, print)
  }
  const isOne = variants.length === 1 && replications === 1
  if (!isOne && (flags.step || flags.inspect || flags.journal !== undefined))
    throw new UsageFailure('--step, --inspect and --journal are for one run: the scenario has variants')
  if (isOne) return reportOne(await runOne(only, flags), names[0] ?? only.name, flags, print)
  await reportMany(await runExperiment(variants, replications, flags), flags, print)
}

/** The variants of a scenario, for each value of the sweep. */
async function variantsOf(name: string, isOneOfMany: boolean, flags: SimulateFlags): Promise<readonly Variant[]> {
  const { sweep } = flags
  try {
    if (!sweep) return named(meant(await loadVariants(name), flags), name, isOneOfMany)
    const all = sweep.values.map(async (value) => {
      const variants = meant(await loadVariants(name, [{ path: sweep.path, value }]), flags)
      const setting = `${sweep.path}=${value}`
      const isMany = variants.length > 1
      return variants.map(({ name: own, scenario }) => {
        const point = { path: sweep.path, value, variant: isMany ? own : '' }
        return { scenario, name: isMany ? `${own}, ${setting}` : setting, point }
      })
    })
    return named((await Promise.all(all)).flat(), name, isOneOfMany)
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageFailure(`scenario: ${error.message}`) : error
  }
}

/** The named variant. `--until` looks for one number, so it needs one variant: the scenario itself, if none is named. */
function meant(variants: readonly Variant[], { variant, until }: SimulateFlags): readonly Variant[] {
  if (variant === undefined) return until ? variants.slice(0, 1) : variants
  const found = variants.filter(({ name }) => name === variant)
  if (found.length > 0) return found
  const names = variants.map(({ name }) => name)
  const near = closest(variant, names)
  const hint = near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`
  throw new UsageFailure(`--variant: there is no variant ${variant}. ${hint}`)
}

/** With several scenarios each variant has the name of its scenario too. */
function named(variants: readonly Variant[], file: string, isOneOfMany: boolean): readonly Variant[] {
  if (!isOneOfMany) return variants
  return variants.map(({ name, point, scenario }) => {
    const own = { scenario, name: variants.length > 1 ? `${file}: ${name}` : file }
    if (!point) return own
    return { ...own, point: { ...point, variant: point.variant === '' ? file : `${file}: ${point.variant}` } }
  })
}

async function runExperiment(variants: readonly Variant[], replications: number, flags: SimulateFlags) {
  const { seed, lanes, threads, counter, quiet } = flags
  const progress = progressOn(process.stderr, () => performance.now(), 'runs')
  const began = performance.now()
  const found = await experiment(variants, {
    replications,
    ...(seed === undefined ? {} : { seed }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(threads === undefined ? {} : { threads }),
    ...(counter === undefined ? {} : { counter }),
    ...(quiet ? {} : { onProgress: (done, all) => progress.show(done, all) }),
  })
  progress.end()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (!quiet) complain(`${variants.length} x ${replications} runs in ${seconds} s`)
  return found
}

async function runOne({ scenario }: Variant, flags: SimulateFlags): Promise<SimulationResult> {
  const progress = flags.quiet || flags.step ? undefined : progressBar(scenario.name)
  const steps = flags.step ? stepper() : undefined
  const inspected = flags.inspect ? (await import('../inspected-simulation.ts')).inspectedSimulation(complain) : {}
  const options: SimulateOptions = {
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.lanes === undefined ? {} : { lanes: flags.lanes }),
    ...(flags.journal === undefined ? {} : { store: await journalAt(flags.journal) }),
    ...(progress ? { onProgress: progress.show } : {}),
    ...inspected,
    ...(steps ? { step: steps.step } : {}),
  }
  const began = performance.now()
  try {
    const result = await simulate(scenario, options)
    progress?.finish(result, performance.now() - began)
    return result
  } finally {
    steps?.close()
  }
}

async function journalAt(file: string) {
  assertFile(file)
  const { sqliteStore } = await import('../../store/index.ts')
  // An old `.commits` file beside it is about a data file that no longer exists.
  return sqliteStore(file, { acceptOlder: true })
}

async function reportOne(result: SimulationResult, file: string, flags: SimulateFlags, print: Print): Promise<void> {
  print(flags.json ? JSON.stringify(result, null, 2) : printResult(result, file))
  if (flags.csv !== undefined) await writeFile(flags.csv, experimentCsv(alone(result)))
  if (flags.html !== undefined) await writeHtml(flags.html, [result])
  const failed = result.expectations.filter(({ held }) => !held)
  for (const { line, text, found } of failed) complain(`${file}:${line} does not hold: ${text}; found ${found}`)
  if (failed.length > 0) process.exitCode = 1
}

async function reportMany(found: Experiment, flags: SimulateFlags, print: Print): Promise<void> {
  const { all = false, json, csv, html } = flags
  print(json ? JSON.stringify(found, null, 2) : printExperiment(found, { all }))
  if (csv !== undefined) await writeFile(csv, experimentCsv(found))
  if (html !== undefined)
    await writeHtml(
      html,
      shownRuns(found).map(({ first }) => first),
      shownOf(found),
    )
  const broken = found.outcomes.flatMap(({ name, broken: own }) => own.map((each) => ({ ...each, name })))
  for (const { name, line, text, found: instead, runs } of broken)
    complain(`${name}, line ${line} does not hold in ${runs} of ${found.seeds.length} runs: ${text}; found ${instead}`)
  if (broken.length > 0) process.exitCode = 1
}

async function writeHtml(file: string, results: readonly SimulationResult[], found?: ShownComparison): Promise<void> {
  const { renderHtml } = await import('../../simulate/report/index.ts')
  await writeFile(file, await renderHtml(results, found))
}
