/** Loads scenario files. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { inFileOrder } from '../../directory/errors.ts'
import type { Finding } from '../../directory/findings.ts'
import { locator, printPath } from '../../directory/locate.ts'
import { findingsOf } from '../../directory/messages.ts'
import { checkScenario } from './checks.ts'
import { buildDirectory } from './directory.ts'
import { ScenarioError, type ScenarioProblem } from './errors.ts'
import { subjectOf } from './expected.ts'
import { membersOf } from './members.ts'
import type { ArrivalStream, Expected, Scenario, Variant } from './model.ts'
import { withQueueSettings } from './queue-settings.ts'
import { type Arrival, type ScenarioFile, scenarioFile } from './schema.ts'
import { checkScript } from './script.ts'
import { shippedScenario, whyNot } from './shipped.ts'
import { type Change, changesIn, formsOf } from './variants.ts'

const MAX_CHARACTERS = 16 * 1024 * 1024
/** A Monday morning. Without `start` a scenario begins then. */
const DEFAULT_START = '2026-01-05T08:00:00Z'

/**
 * Reads a scenario: a YAML file, or the name of a shipped scenario. Its variants are left out.
 *
 * @throws ScenarioError when it cannot be read or is not valid, with every problem and its line.
 */
export async function loadScenario(nameOrFile: string): Promise<Scenario> {
  const { text, file } = await read(nameOrFile)
  return parseScenario(text, file)
}

/**
 * Reads a scenario with its variants. The first one is the scenario itself. `changes` are made in all of them.
 *
 * @throws ScenarioError
 */
export async function loadVariants(nameOrFile: string, changes: readonly Change[] = []): Promise<readonly Variant[]> {
  const { text, file } = await read(nameOrFile)
  return parseVariants(text, file, changes)
}

/** The same for the text of a scenario. @throws ScenarioError */
export async function parseVariants(
  text: string,
  file: string,
  changes: readonly Change[] = [],
): Promise<readonly Variant[]> {
  const source = sourceOf(text, file)
  const changed = { ...source, plain: changesIn(source.plain, changes, source.fail) }
  const { baseline, forms } = formsOf(changed.plain, changed.fail)
  const scenario = await scenarioOf(changed)
  const variants = forms.map(async ({ name, plain, index }) => {
    const inVariant = (findings: readonly Finding[]) =>
      changed.fail(
        findings.map(({ path, message }) => ({
          path: ['variants', index],
          message: `in variant ${name}: ${printPath(path)} ${message}`,
        })),
      )
    return { name, scenario: await scenarioOf({ ...changed, plain, fail: inVariant }) }
  })
  return [{ name: baseline, scenario }, ...(await Promise.all(variants))]
}

async function read(nameOrFile: string): Promise<{ readonly text: string; readonly file: string }> {
  const file = shippedScenario(nameOrFile) ?? nameOrFile
  try {
    return { text: await readFile(file, 'utf8'), file }
  } catch (error) {
    throw new ScenarioError([{ file, path: '', message: whyNot(nameOrFile, error) }], { cause: error })
  }
}

/** Parses and validates the text of a scenario. `file` is used in messages, and to resolve the path of its directory file. @throws ScenarioError */
export async function parseScenario(text: string, file: string): Promise<Scenario> {
  return scenarioOf(sourceOf(text, file))
}

interface Source {
  readonly file: string
  readonly plain: unknown
  readonly fail: (findings: readonly Finding[]) => never
  readonly lineOf: (path: Finding['path']) => number
}

function sourceOf(text: string, file: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text.slice(0, MAX_CHARACTERS), { lineCounter: lines, prettyErrors: false })
  const locate = locator(document, lines)
  const place = ({ path, message }: Finding): ScenarioProblem => ({
    ...{ file, path: printPath(path), message },
    ...locate(path),
  })
  const fail = (findings: readonly Finding[]): never => {
    throw new ScenarioError(findings.map(place).sort(inFileOrder))
  }
  if (document.errors.length > 0)
    throw new ScenarioError(
      document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0])
        return { file, line, column: col, path: '', message: `is not YAML: ${message}` }
      }),
    )
  return { file, plain: plainOf(document, fail), fail, lineOf: (path) => locate(path).line }
}

async function scenarioOf({ file, plain, fail, lineOf }: Source): Promise<Scenario> {
  const start = startOf(plain)
  if (start === undefined) return fail([{ path: ['start'], message: 'must be a date and time: 2026-01-05T08:00:00Z' }])
  const shape = scenarioFile(start).safeParse(plain, { reportInput: true })
  if (!shape.success) return fail(shape.error.issues.flatMap(findingsOf))
  const built = await buildDirectory(shape.data, file)
  if ('findings' in built) return fail(built.findings)
  const { members, findings } = membersOf(shape.data.agents, built.directory)
  const { directory, findings: ofQueues } = withQueueSettings(shape.data, built.directory, members)
  const { expect, wrong } = expectedOf(shape.data, directory, (index) => lineOf(['expect', index]))
  const scripted = checkScript(shape.data.script, members, directory)
  const problems = [...checkScenario(shape.data, directory), ...findings, ...ofQueues, ...scripted, ...wrong]
  if (problems.length > 0) return fail(problems)
  const { title, description, seed, duration, sides, handling, media, numbers, campaigns } = shape.data
  const { faults, arrivals, script, warmUp, costs } = shape.data
  const name = basename(file).replace(/\.ya?ml$/, '')
  const facts = { name, title, description, seed, start, duration, sides, handling, media, numbers, faults, script }
  return { ...facts, campaigns, directory, members, arrivals: keyed(arrivals), expect, warmUp, costs }
}

/** Converts the document to plain values. Fails when aliases would make it too large. */
function plainOf(document: Document, fail: (findings: readonly Finding[]) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return fail([{ path: [], message: error instanceof Error ? error.message : String(error) }])
  }
}

function startOf(plain: unknown): number | undefined {
  const given = typeof plain === 'object' && plain !== null && 'start' in plain ? plain.start : DEFAULT_START
  const { success } = z.iso.datetime({ offset: true }).safeParse(given)
  return success ? Date.parse(String(given)) : undefined
}

function expectedOf(
  file: ScenarioFile,
  directory: Scenario['directory'],
  lineOf: (index: number) => number,
): { readonly expect: readonly Expected[]; readonly wrong: readonly Finding[] } {
  const wrong: Finding[] = []
  const expect = file.expect.flatMap((entry, index): readonly Expected[] => {
    const found = subjectOf(entry, directory)
    if ('subject' in found) return [{ line: lineOf(index), at: entry.at ?? file.duration, subject: found.subject }]
    wrong.push({ path: ['expect', index, ...found.path], message: found.message })
    return []
  })
  return { expect, wrong }
}

/** Gives every stream a unique key. A second stream with the same name or selector gets `selector-2`. */
function keyed(arrivals: readonly Arrival[]): readonly ArrivalStream[] {
  const seen = new Map<string, number>()
  return arrivals.map((arrival) => {
    const base = arrival.name ?? arrival.selector ?? `call-${arrival.extension ?? arrival.queue ?? arrival.group}`
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return { ...arrival, key: count === 1 ? base : `${base}-${count}` }
  })
}
