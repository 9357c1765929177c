/**
 * The checks of the warm process. The quick ones call what the tests of the walk and of the golden journals call; the
 * others are files of tests.
 *
 * Everything is imported within a check, so that a mutant that one check notices does not pay for the next.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Failed, WarmRequest, WarmStage } from './messages.ts'
import { failuresIn } from './test-files.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
/** So many states of each configuration are enough to meet most rows once. */
const FEW_STATES = 100
/** What `npm test` walks. */
const MORE_STATES = 800
const CONFIGURATION_NAMES = ['a', 'b', 'c', 'd'] as const

export interface Check {
  readonly name: string
  /** What is wrong. Throwing is wrong as well. */
  readonly run: (request: WarmRequest) => Promise<readonly Failed[]>
}

async function loads(): Promise<undefined> {
  await import('../../../machines/index.ts')
}

async function walks(name: (typeof CONFIGURATION_NAMES)[number], maxStates: number): Promise<string | undefined> {
  const { CONFIGURATIONS } = await import('../../walk/configuration.ts')
  const { report, walk } = await import('../../walk/walk.ts')
  const { states, differences } = walk(CONFIGURATIONS[name], { maxStates, maxDifferences: 1 })
  const [first] = differences
  if (first) return report(first)
  return states < maxStates ? `only ${states} states are reached` : undefined
}

async function remakes(name: string): Promise<string | undefined> {
  const { MACHINE_VERSION } = await import('../../../machines/index.ts')
  const { writeGolden } = await import('../../history/golden/read.ts')
  const { Stage } = await import('../../history/golden/stage.ts')
  const { STORIES } = await import('../../history/golden/stories.ts')
  const story = STORIES.find((each) => each.name === name)
  const path = join(ROOT, 'test/history/golden', `v${MACHINE_VERSION}`, `${name}.jsonl`)
  if (!story || !existsSync(path)) return `there is no golden journal ${name}`
  const stage = await Stage.open(story.options?.())
  await story.run(stage)
  await stage.close()
  const text = writeGolden({ golden: name, machineVersion: MACHINE_VERSION }, stage)
  return text === readFileSync(path, 'utf8') ? undefined : `the golden journal ${name} is another one`
}

const JOURNALS = [
  'start-timeout-cascade',
  'interrupt-accept',
  'interrupt-ignore',
  'calls-with-wrap-up',
  'presence-loss-and-grace',
  'forced-sign-out',
  'side-move',
  'acd-link-loss',
  'peripheral-gateway-failure',
  'follower',
  'external-acd',
  'failed-input',
]

const quick = (name: string, run: () => Promise<string | undefined>): Check => ({
  name,
  run: async () => {
    const detail = await run()
    return detail === undefined ? [] : [{ check: name, detail }]
  },
})

/** Every step of every table: takes longer than the other files together. */
const DEAR = 'test/machines/follower.test.ts'
/** Walks the whole tree of a user: among the long ones. */
const SLOW = 'test/machines/tree.test.ts'
const MACHINE_FILES = readdirSync(join(ROOT, 'test/machines'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/machines/${name}`)
const QUICK_FILES = [...MACHINE_FILES.filter((path) => path !== SLOW && path !== DEAR).sort(), DEAR]

/** Files that are about a machine: they are asked first about its mutants. */
const ABOUT: Readonly<Record<string, readonly string[]>> = {
  media: ['mode', 'link', 'beside-chat', 'interrupt', 'sides'],
  task: ['dialog', 'transfer', 'deadlines', 'times'],
  user: ['pending', 'user', 'sides', 'sign-out', 'rung'],
  presence: ['presence', 'sides'],
  call: ['call'],
  side: ['call'],
}

const testFile = (path: string): Check => ({
  name: path,
  run: async ({ skip, all }) => (existsSync(join(ROOT, path)) ? failuresIn(ROOT, path, { skip, rows: [], all }) : []),
})

const ROWS = 'test/conformance/rows/rows.test.ts'

/** Of that file, the tests of the rows that stand beside the mutant. */
const rowsBeside: Check = {
  name: 'rows beside the mutant',
  run: async ({ skip, rows, all }) => (rows.length > 0 ? failuresIn(ROOT, ROWS, { skip, rows, all }) : []),
}

/** The checks of a stage for a mutant of a file, in the order in which they are run. */
export function checksOf(stage: WarmStage, file: string): readonly Check[] {
  const [, machine = ''] = /^machines\/(\w+)/.exec(file) ?? []
  const first = (ABOUT[machine] ?? []).map((name) => `test/machines/${name}.test.ts`)
  const place = ({ name }: Check) => (name === 'load' ? -1 : first.includes(name) ? first.indexOf(name) : first.length)
  return CHECKS[stage].toSorted((a, b) => place(a) - place(b))
}

/** In the order of what they cost. */
const CHECKS: Readonly<Record<WarmStage, readonly Check[]>> = {
  quick: [
    quick('load', loads),
    ...QUICK_FILES.map(testFile),
    quick('walk a', () => walks('a', FEW_STATES)),
    ...JOURNALS.map((name) => quick(`golden ${name}`, () => remakes(name))),
    ...(['b', 'c', 'd'] as const).map((name) => quick(`walk ${name}`, () => walks(name, FEW_STATES))),
  ],
  tests: [
    'test/engine/scenario.test.ts',
    'test/engine/acd.test.ts',
    'test/history/replay.test.ts',
    'test/history/retrace.test.ts',
    'test/history/explain/timeline.test.ts',
    'test/engine/containment-services.test.ts',
    'test/engine/recovery.test.ts',
    'test/engine/round-trip.test.ts',
  ].map(testFile),
  beside: [rowsBeside],
  walk: CONFIGURATION_NAMES.map((name) => quick(`walk ${name}`, () => walks(name, MORE_STATES))),
  rows: [testFile(ROWS)],
  long: [
    SLOW,
    'test/engine/leftovers.test.ts',
    'test/engine/containment.test.ts',
    'test/engine/races.test.ts',
    'test/properties/properties.test.ts',
    'test/history/explain/agreement.test.ts',
    'test/history/golden.test.ts',
    'test/history/explain/states.test.ts',
    'test/history/live.test.ts',
  ].map(testFile),
}
