/** The report on the results, with the survivors that have no reason. */
import { FAMILIES, familyOf } from './families.ts'
import { type Kind, keyOf, type Mutant } from './mutant.ts'
import type { Result, Version } from './results.ts'
import { STAGES } from './stages.ts'
import { SURVIVORS_FILE, type Survivor } from './survivors.ts'

export interface Report {
  /** Table of the figures: the headings, and a row for each source. */
  readonly figures: readonly (readonly (string | number)[])[]
  /** The report for the reader. */
  readonly text: string
  /** Everything that has to be corrected. */
  readonly wrong: readonly string[]
}

/** The stages that a survivor has passed. The soak is not needed, because it finds only rare faults. */
const NEEDED = STAGES.filter((stage) => stage !== 'soak')

/** Kinds that change the decisions of a chart. */
const DECIDES = /^(guard|target)-/
const decides = (kind: Kind) => DECIDES.test(kind)

/** True if no stage has noticed the mutant, and no needed stage is left. */
const survived = (result: Result | undefined) =>
  result?.stage === null && NEEDED.every((stage) => result.passed.includes(stage))

type Listed = (mutant: Mutant) => boolean

function figures(
  mutants: readonly Mutant[],
  results: ReadonlyMap<string, Result>,
  isListed: Listed,
): Report['figures'] {
  const row = (name: string, mine: readonly Mutant[]) => {
    const found = mine.map((mutant) => ({ result: results.get(keyOf(mutant.id)), listed: isListed(mutant) }))
    const by = STAGES.map((stage) => found.filter(({ result }) => result?.stage === stage).length)
    const alive = found.filter(({ result }) => result?.stage === null)
    const explained = alive.filter(({ listed }) => listed).length
    const bare = alive.filter(({ listed, result }) => !listed && survived(result)).length
    const open = alive.length - explained - bare
    return [name, mine.length, ...by, explained, bare, open, found.filter(({ result }) => !result).length]
  }
  const files = [...new Set(mutants.map(({ file }) => file))]
  const groups: readonly (readonly [string, (mutant: Mutant) => boolean])[] = [
    ...files.map((name) => [name, ({ file }: Mutant) => file === name] as const),
    ['guards and targets', ({ kind }) => decides(kind)],
    ...Object.keys(FAMILIES).map((family) => [family, ({ file }: Mutant) => familyOf(file) === family] as const),
    ['all', () => true],
  ]
  return [
    ['', 'mutants', ...STAGES, 'reason', 'no reason', 'open', 'not run'],
    ...groups.map(([name, isIn]) => row(name, mutants.filter(isIn))).filter(([, count]) => count !== 0),
  ]
}

const aligned = (rows: Report['figures']): string =>
  rows
    .map((cells) => cells.map((cell, at) => (at === 0 ? String(cell).padEnd(38) : String(cell).padStart(10))).join(''))
    .join('\n')

/** `version` is that of the present sources. */
export function reportOn(
  mutants: readonly Mutant[],
  results: ReadonlyMap<string, Result>,
  survivors: readonly Survivor[],
  version: Version,
): Report {
  const listed = new Map(survivors.map((each) => [keyOf(each.id), each]))
  const isListed = ({ id }: Mutant) => listed.has(keyOf(id))
  const known = new Set(mutants.map(({ id }) => keyOf(id)))
  const unnoticed = mutants.filter((each) => results.get(keyOf(each.id))?.stage === null && !isListed(each))
  const named = ({ id, path }: Mutant) => `${id} in ${path}`
  const [bare, open] = [true, false].map((is) =>
    unnoticed.filter(({ id }) => survived(results.get(keyOf(id))) === is).map(named),
  )
  const wrong = [
    ...(bare ?? []).map((each) => `survives without a reason: ${each}`),
    ...survivors.flatMap(({ id }) => {
      const result = results.get(keyOf(id))
      if (!known.has(keyOf(id))) return [`${SURVIVORS_FILE} lists ${id}, which does not exist`]
      return result?.stage ? [`${SURVIVORS_FILE} lists ${id}, which ${result.stage} notices: ${result.check}`] : []
    }),
  ]
  const mine = mutants.flatMap(({ id }) => results.get(keyOf(id)) ?? [])
  const mean = mine.reduce((sum, each) => sum + each.seconds, 0) / Math.max(1, mine.length)
  const earlier = mine.filter((each) => each.sources !== version(each.id)).length
  const table = figures(mutants, results, isListed)
  const text = [
    aligned(table),
    `${mean.toFixed(2)} s for each of ${mine.length} mutants`,
    `${earlier} results are from older sources (--renew)`,
    'reason: not noticed, but listed with a reason; open: not noticed so far, but stages are left',
    ...(open ?? []).map((each) => `open: ${each}`),
    ...wrong,
  ].join('\n')
  return { figures: table, text, wrong }
}
