/**
 * The checks of the warm process: quick ones, and files of tests.
 *
 * Each check imports what it needs when it runs, so that a check that does not run costs nothing.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Family, familyOf } from '../families.ts'
import type { WarmStage } from './messages.ts'
import { type Check, GOLDEN_JOURNALS, LONG_WALKS, loads, shortWalk } from './quick.ts'
import { failuresIn } from './test-files.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Tests every step of every table. It takes longer than the other files together, so it is the last one. */
const DEAR = 'test/machines/follower.test.ts'
/** Random histories of a whole tree. It is in the stage `long`. */
const SLOW = 'test/machines/tree.test.ts'
const MACHINE_FILES = readdirSync(join(ROOT, 'test/machines'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/machines/${name}`)
const QUICK_FILES = [...MACHINE_FILES.filter((path) => path !== SLOW && path !== DEAR).sort(), DEAR]

/** The files about each machine. They run first for its mutants. */
const ABOUT: Readonly<Record<string, readonly string[]>> = {
  media: ['mode', 'link', 'beside-chat', 'interrupt', 'sides'],
  task: ['dialog', 'transfer', 'deadlines', 'times'],
  user: ['pending', 'user', 'sides', 'sign-out', 'rung'],
  presence: ['presence', 'sides'],
  call: ['call', 'leg', 'call-joined'],
  side: ['call'],
}

const testFile = (path: string): Check => ({
  name: path,
  run: async ({ skip, all }) => (existsSync(join(ROOT, path)) ? failuresIn(ROOT, path, { skip, rows: [], all }) : []),
})

const ROWS = 'test/conformance/rows/rows.test.ts'

/** The row tests of the rows that a comment beside the mutant names. */
const rowsBeside: Check = {
  name: 'rows beside the mutant',
  run: async ({ skip, rows, all }) => (rows.length > 0 ? failuresIn(ROOT, ROWS, { skip, rows, all }) : []),
}

/** Fast files about the documents of renderers. */
const RENDERER_FILES = ['objects', 'configuration', 'errors', 'update'].map((name) => `test/finesse/${name}.test.ts`)

/** Fast files about answers by REST and notifications by XMPP. */
const FRONT_FILES = [
  ...['media', 'user', 'access'].map((name) => `test/rest/${name}.test.ts`),
  ...['units', 'embedded'].map((name) => `test/xmpp/${name}.test.ts`),
]

/** Fast files about the outputs of a step: first notifications, then the others. */
const PUBLISHING_FILES = ['published', 'orders'].map((name) => `test/engine/${name}.test.ts`)

const ENGINE_FILES = [
  'test/engine/scenario.test.ts',
  'test/engine/acd.test.ts',
  'test/history/replay.test.ts',
  'test/history/retrace.test.ts',
  'test/history/explain/timeline.test.ts',
  'test/engine/containment-services.test.ts',
  'test/engine/recovery.test.ts',
  'test/engine/round-trip.test.ts',
  ...['queue-calls', 'calls-to-queues', 'acd-calls', 'answers'].map((name) => `test/engine/${name}.test.ts`),
]

const LONG_FILES = [
  SLOW,
  'test/engine/leftovers.test.ts',
  'test/engine/containment.test.ts',
  'test/engine/races.test.ts',
  'test/properties/properties.test.ts',
  'test/history/explain/agreement.test.ts',
  'test/history/golden.test.ts',
  'test/history/explain/states.test.ts',
  'test/history/live.test.ts',
]

const BY_ROWS = { beside: [rowsBeside], rows: [testFile(ROWS)] }

/** The checks of each stage, the cheapest first. */
const CHECKS: Readonly<Record<Family, Readonly<Record<WarmStage, readonly Check[]>>>> = {
  machines: {
    ...BY_ROWS,
    quick: [
      loads('machines/index.ts'),
      ...QUICK_FILES.map(testFile),
      shortWalk('a'),
      ...GOLDEN_JOURNALS,
      ...(['b', 'c', 'd'] as const).map(shortWalk),
    ],
    tests: ENGINE_FILES.map(testFile),
    walk: LONG_WALKS,
    long: LONG_FILES.map(testFile),
  },
  // The walk and the engine write no documents.
  renderers: {
    ...BY_ROWS,
    quick: [loads('src/finesse/index.ts'), ...RENDERER_FILES.map(testFile)],
    tests: FRONT_FILES.map(testFile),
    walk: [],
    long: [],
  },
  publishing: {
    ...BY_ROWS,
    quick: [loads('src/engine/engine.ts'), ...PUBLISHING_FILES.map(testFile)],
    tests: [...ENGINE_FILES.map(testFile), ...GOLDEN_JOURNALS, ...FRONT_FILES.map(testFile)],
    walk: [],
    long: LONG_FILES.filter((path) => path !== SLOW).map(testFile),
  },
}

/** The checks of a stage for a mutant of a file, in the order in which they are run. */
export function checksOf(stage: WarmStage, file: string): readonly Check[] {
  const [, machine = ''] = /^machines\/(\w+)/.exec(file) ?? []
  const first = (ABOUT[machine] ?? []).map((name) => `test/machines/${name}.test.ts`)
  const place = ({ name }: Check) => (name === 'load' ? -1 : first.includes(name) ? first.indexOf(name) : first.length)
  return CHECKS[familyOf(file)][stage].toSorted((a, b) => place(a) - place(b))
}
