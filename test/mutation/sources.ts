/** What is mutated: the charts, and the words that they are written in. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartEdits } from './chart.ts'
import { type Mutant, named } from './mutant.ts'
import { parse, type Source } from './syntax.ts'
import { wordEdits } from './words.ts'

export const CHARTS = ['media', 'task', 'user', 'presence', 'call', 'side'].map((name) => `machines/${name}.ts`)

/** Files about one thing each, whose actions the chart of a user is written in. */
const USER_ACTIONS = ['agent-state', 'calls', 'media', 'sides', 'presence', 'configuration']

export const FILES: readonly string[] = [
  ...CHARTS,
  ...['media', 'task'].flatMap((name) => ['guards', 'model', 'actions'].map((words) => `machines/${name}/${words}.ts`)),
  ...['guards', 'model', ...USER_ACTIONS.map((about) => `actions/${about}`)].map(
    (words) => `machines/user/${words}.ts`,
  ),
  'machines/user/media-request.ts',
  'machines/availability.ts',
]

export const readSource = (root: string, file: string): Source => parse(file, readFileSync(join(root, file), 'utf8'))

/** Every mutant of a source, in the order of the text. */
export function mutantsOf(source: Source): readonly Mutant[] {
  const isChart = CHARTS.includes(source.file)
  // Conditions of a chart file are its guards and what is in its `setup`; those of its rows have kinds of their own.
  const edits = [...(isChart ? chartEdits(source) : []), ...wordEdits(source)]
  return named(
    source,
    edits.sort((a, b) => a.start - b.start || a.end - b.end),
  )
}

/** Guards and targets first: they are what a chart decides. */
export function allMutants(root: string, only: string | undefined = undefined): readonly Mutant[] {
  const chosen = FILES.filter((file) => only === undefined || file === only || file === `machines/${only}`)
  if (chosen.length === 0) throw new Error(`${only} is not mutated; these are: ${FILES.join(', ')}`)
  return chosen.flatMap((file) => mutantsOf(readSource(root, file)))
}
