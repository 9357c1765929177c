/** `mrdian simulate`: runs a scenario in virtual time and reports the results. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline/promises'
import { type Command, InvalidArgumentError } from '../bundled/commander.ts'
import type { SimulateOptions, SimulationResult } from '../simulate/index.ts'
import { instant } from '../times/index.ts'
import { StartFailure } from './start-failure.ts'

interface SimulateFlags {
  seed?: number
  lanes?: number
  json?: boolean
  html?: string
  compare?: boolean
  journal?: string
  list?: boolean
  step?: boolean
  inspect?: boolean
  quiet?: boolean
}

const HELP = `
The result goes to standard output: the same text or JSON for the same scenario
and seed. Progress and speed go to standard error. The exit code is 1 when an
expectation of the scenario does not hold.

Examples:
  $ mrdian simulate interrupt
  $ mrdian simulate my-shift.yaml --seed 7 --html report.html
  $ mrdian simulate --compare today.yaml more-agents.yaml --html compared.html
  $ mrdian simulate failover --journal failover.db
      Then: mrdian replay failover.db, mrdian explain 1001 --data failover.db
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addSimulateCommand(program: Command, print: (line: string) => void): void {
  program
    .command('simulate')
    .argument('[scenarios...]', 'a scenario file, or the name of a shipped one (--list)')
    .description('Run a scenario in virtual time and report the results.')
    .option('--seed <n>', 'use this seed instead of the one in the scenario', wholeNumber)
    .option('--json', 'print the result as JSON')
    .option('--html <file>', 'write a report for a browser')
    .option('--compare', 'run several scenarios and report on them side by side')
    .option('--journal <file>', 'keep the journal in a new data file, for explain and replay')
    .option('--list', 'print the shipped scenarios and stop')
    .option('--lanes <n>', 'number of agents whose whole day is in the result (default: 50)', wholeNumber)
    .option('--step', 'wait for Enter after every event')
    .option('--inspect', 'show the state machines in the viewer; prints a link')
    .option('--quiet', 'do not print progress and speed')
    .addHelpText('after', HELP)
    .action(async (names: readonly string[], flags: SimulateFlags) => {
      const { shippedScenarios } = await import('../simulate/index.ts')
      if (flags.list) {
        for (const name of shippedScenarios()) print(name)
        return
      }
      check(names, flags)
      const results = []
      for (const name of names) results.push(await run(name, flags))
      await report(results, names, flags, print)
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 2_147_483_647)
    throw new InvalidArgumentError('It must be a whole number from 0 to 2147483647.')
  return value
}

function check(names: readonly string[], { compare, journal, step, inspect, html }: SimulateFlags): void {
  if (names.length === 0) throw new StartFailure('name a scenario: a file, or one of mrdian simulate --list')
  if (names.length > 1 && !compare) throw new StartFailure('several scenarios need --compare')
  if (compare && names.length < 2) throw new StartFailure('--compare needs at least two scenarios')
  if (compare && inspect) throw new StartFailure('--inspect shows only one simulation: not with --compare')
  if (compare && journal !== undefined)
    throw new StartFailure('--journal keeps only one simulation: not with --compare')
  if (journal !== undefined && existsSync(journal))
    throw new StartFailure(`${journal} exists already; a journal goes into a new file`)
  if (step && !process.stdin.isTTY) throw new StartFailure('--step needs a terminal')
  if (html === '') throw new StartFailure('--html needs the name of a file')
}

async function run(name: string, flags: SimulateFlags): Promise<SimulationResult> {
  const { loadScenario, simulate, ScenarioError } = await import('../simulate/index.ts')
  const scenario = await loadScenario(name).catch((error: unknown) => {
    throw error instanceof ScenarioError ? new StartFailure(`scenario: ${error.message}`) : error
  })
  const progress = flags.quiet || flags.step ? undefined : progressBar(scenario.name)
  const steps = flags.step ? stepper() : undefined
  const inspected = flags.inspect ? (await import('./inspected-simulation.ts')).inspectedSimulation(complain) : {}
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
  const { sqliteStore } = await import('../store/index.ts')
  // An old `.commits` file beside it is about a data file that no longer exists.
  return sqliteStore(file, { acceptOlder: true })
}

async function report(
  results: readonly SimulationResult[],
  names: readonly string[],
  { json, html, compare }: SimulateFlags,
  print: (line: string) => void,
): Promise<void> {
  const { printResult } = await import('../simulate/index.ts')
  if (json) print(JSON.stringify(compare ? results : results[0], null, 2))
  else print(results.map((result, index) => printResult(result, names[index])).join('\n\n\n'))
  if (html !== undefined) {
    const { renderHtml } = await import('../simulate/report/index.ts')
    await writeFile(html, await renderHtml(results))
  }
  const failed = results.flatMap(({ expectations }, index) =>
    expectations.filter(({ held }) => !held).map((each) => ({ ...each, file: names[index] })),
  )
  for (const { file, line, text, found } of failed) complain(`${file}:${line} does not hold: ${text}; found ${found}`)
  if (failed.length > 0) process.exitCode = 1
}

/** Width of the bar in characters. */
const WIDTH = 30
/** Milliseconds between two updates of the bar. */
const PAUSE = 100

type ShowProgress = NonNullable<SimulateOptions['onProgress']>

/** A progress bar on a terminal; elsewhere only the last line is printed. */
function progressBar(name: string): {
  readonly show: ShowProgress
  readonly finish: (result: SimulationResult, ms: number) => void
} {
  const isTerminal = process.stderr.isTTY
  const began = performance.now()
  let shown = began
  return {
    show({ done, duration, contacts }) {
      const now = performance.now()
      if (!isTerminal || now - shown < PAUSE) return
      shown = now
      const bar = '#'.repeat(Math.round((WIDTH * done) / duration)).padEnd(WIDTH, '.')
      process.stderr.write(`\r${name} [${bar}] ${contacts} contacts, ${speed(done, now - began)}\u001b[K`)
    },
    finish({ durationMs, counts }, ms) {
      if (isTerminal) process.stderr.write('\r\u001b[K')
      const seconds = (ms / 1000).toFixed(1)
      complain(`${name}: ${counts.contacts} contacts in ${seconds} s, ${speed(durationMs, ms)}`)
    },
  }
}

const speed = (simulated: number, real: number) => `${Math.round(simulated / Math.max(real, 1))} x real time`

/** Prints the events of a step, and continues when Enter is pressed. */
function stepper(): { readonly step: NonNullable<SimulateOptions['step']>; close(): void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // When the terminal is closed, the simulation continues by itself.
  const ended = new AbortController()
  terminal.once('close', () => ended.abort())
  return {
    async step(at, happened) {
      process.stderr.write(happened.map((line) => `${instant(at)}  ${line}\n`).join(''))
      const { signal } = ended
      if (!signal.aborted) await terminal.question('', { signal }).catch(() => undefined)
    },
    close: () => terminal.close(),
  }
}

function complain(text: string): void {
  process.stderr.write(`mrdian: ${text}\n`)
}
