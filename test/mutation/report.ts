/** What the results say, and whether every survivor has its reason. */
import { keyOf, type Mutant } from './mutant.ts'
import type { Result } from './results.ts'
import { STAGES } from './stages.ts'
import { SURVIVORS_FILE, type Survivor } from './survivors.ts'

export interface Report {
  readonly text: string
  /** What has to be put right; empty when all is well. */
  readonly wrong: readonly string[]
}

/** The soak finds what is rare; who has come through all the rest counts as a survivor without it. */
const NEEDED = STAGES.filter((stage) => stage !== 'soak')

const isOpen = (result: Result | undefined) => result?.stage === null && !survived(result)
/** No stage has noticed it, and none that counts is left. */
const survived = (result: Result | undefined) =>
  result?.stage === null && NEEDED.every((stage) => result.passed.includes(stage))

function table(mutants: readonly Mutant[], results: ReadonlyMap<string, Result>): string {
  const files = [...new Set(mutants.map(({ file }) => file))]
  const rows = [...files, 'all'].map((file) => {
    const mine = mutants.filter((mutant) => file === 'all' || mutant.file === file)
    const found = mine.map(({ id }) => results.get(keyOf(id)))
    const by = STAGES.map((stage) => found.filter((result) => result?.stage === stage).length)
    const [alive, open, missing] = [survived, isOpen, (each: Result | undefined) => !each].map(
      (is) => found.filter(is).length,
    )
    return [file, mine.length, ...by, alive, open, missing]
  })
  const heads = ['file', 'mutants', ...STAGES, 'survived', 'open', 'not run']
  return [heads, ...rows]
    .map((cells) => cells.map((cell, at) => (at === 0 ? String(cell).padEnd(31) : String(cell).padStart(8))).join(''))
    .join('\n')
}

export function reportOn(
  mutants: readonly Mutant[],
  results: ReadonlyMap<string, Result>,
  survivors: readonly Survivor[],
): Report {
  const listed = new Map(survivors.map((each) => [keyOf(each.id), each]))
  const known = new Set(mutants.map(({ id }) => keyOf(id)))
  const alive = mutants.filter(({ id }) => survived(results.get(keyOf(id))))
  const unexplained = alive.filter(({ id }) => !listed.has(keyOf(id)))
  const wrong = [
    ...unexplained.map(({ id, path }) => `survives without a reason: ${id} in ${path}`),
    ...survivors.flatMap(({ id }) => {
      const result = results.get(keyOf(id))
      if (!known.has(keyOf(id))) return [`${SURVIVORS_FILE} lists ${id}, which is no mutant`]
      return result?.stage ? [`${SURVIVORS_FILE} lists ${id}, which ${result.stage} notices: ${result.check}`] : []
    }),
  ]
  const seconds = [...results.values()].map((each) => each.seconds)
  const mean = seconds.reduce((sum, each) => sum + each, 0) / Math.max(1, seconds.length)
  const explained = survivors.map(({ id, reason }) => `${id}\n  ${reason}`)
  const text = [
    table(mutants, results),
    `${mean.toFixed(2)} s for each of ${seconds.length} mutants`,
    'open: the stages that were run have not noticed it, and others are left',
    ...(explained.length > 0 ? ['accepted survivors:', ...explained] : []),
    ...wrong,
  ].join('\n')
  return { text, wrong }
}
