/** The options of `mrdian simulate`, and what does not go together. Everything is checked before the first run. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidArgumentError } from '../../bundled/commander.ts'
import type { Target } from '../../simulate/index.ts'
import { UsageFailure } from '../start-failure.ts'

export interface SimulateFlags {
  seed?: number
  replications?: number
  threads?: number
  lanes?: number
  json?: boolean
  html?: string
  csv?: string
  compare?: boolean
  all?: boolean
  variant?: string
  sweep?: Sweep
  until?: Target
  journal?: string
  list?: boolean
  step?: boolean
  inspect?: boolean
  quiet?: boolean
  /** False with `--no-counter`. */
  counter?: boolean
}

/** Values for one place of the scenario. */
export interface Sweep {
  readonly path: string
  readonly values: readonly (string | number)[]
}

/** Most values of a sweep. */
const VALUES_MAX = 100

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 2_147_483_647)
    throw new InvalidArgumentError('It must be a whole number from 0 to 2147483647.')
  return value
}

export function fromOneTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
}

/** `PATH=8..16`, `PATH=8..16:2` or `PATH=3m,4m,5m`. */
export function sweepOf(text: string): Sweep {
  const [, path = '', given = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  const values =
    rangeOf(given) ?? given.split(',').map((value) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : value))
  if (path === '' || given === '' || values.some((value) => value === ''))
    throw new InvalidArgumentError('A sweep looks like chat.size=8..16, or handling.5002.active=3m,4m.')
  if (values.length > VALUES_MAX) throw new InvalidArgumentError(`A sweep has at most ${VALUES_MAX} values.`)
  return { path, values }
}

function rangeOf(text: string): readonly number[] | undefined {
  const [all, from = '', to = '', by = '1'] = /^(\d+)\.\.(\d+)(?::(\d+))?$/.exec(text) ?? []
  if (all === undefined) return undefined
  const [first, last, step] = [Number(from), Number(to), Number(by)]
  if (step === 0 || last < first || (last - first) / step > VALUES_MAX)
    throw new InvalidArgumentError(`A range goes up, with at most ${VALUES_MAX} values.`)
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step)
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, '%': 0.01, '': 1 }

/** `5002.serviceLevel>=80%`, `5001.waitP90<=20m` or `agents.cost<=900`. */
export function targetOf(text: string): Target {
  const [all, about = '', figure = '', sign, digits = '', unit = ''] =
    /^(\w+)\.(\w+)\s*(>=|<=)\s*(\d+(?:\.\d+)?)(ms|s|m|h|%)?$/.exec(text) ?? []
  if (all === undefined)
    throw new InvalidArgumentError('A target looks like 5002.serviceLevel>=80%, or 5001.waitP90<=20m.')
  const value = Number(digits) * (UNITS[unit] ?? 1)
  return { text, figure: `${about}/${figure}`, least: sign === '>=', value }
}

/** @throws UsageFailure */
export function check(names: readonly string[], flags: SimulateFlags): void {
  const { compare, journal, step, inspect, until, sweep, replications = 1 } = flags
  const single = ['--step', '--inspect', '--journal'].filter(
    (_, index) => [step, inspect, journal !== undefined][index],
  )
  const isMany = compare || sweep !== undefined || replications > 1
  if (names.length === 0) throw new UsageFailure('name a scenario: a file, or one of mrdian simulate --list')
  if (names.length > 1 && !compare) throw new UsageFailure('several scenarios need --compare')
  if (single[0] !== undefined && isMany)
    throw new UsageFailure(`${single[0]} is for one run: not with --compare, --sweep or --replications`)
  if (until && !sweep) throw new UsageFailure('--until needs --sweep: the values to try, in order')
  if (until && names.length > 1) throw new UsageFailure('--until is for one scenario')
  if (journal !== undefined && existsSync(journal))
    throw new UsageFailure(`${journal} exists already; a journal goes into a new file`)
  if (step && !process.stdin.isTTY) throw new UsageFailure('--step needs a terminal')
  for (const [flag, file] of [
    ['--html', flags.html],
    ['--csv', flags.csv],
    ['--journal', journal],
  ] as const)
    if (file !== undefined) checkFile(flag, file)
}

/** The file can be written, so that a long simulation is not for nothing. */
function checkFile(flag: string, file: string): void {
  if (file === '') throw new UsageFailure(`${flag} needs the name of a file`)
  const folder = dirname(resolve(file))
  if (!existsSync(folder)) throw new UsageFailure(`${flag}: there is no folder ${folder}`)
  if (existsSync(file) && statSync(file).isDirectory()) throw new UsageFailure(`${flag}: ${file} is a folder`)
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK)
  } catch {
    throw new UsageFailure(`${flag}: ${file} cannot be written`)
  }
}
