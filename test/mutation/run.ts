/** Runs the stages for one mutant after the other, each until a stage notices it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Change, keyOf, type Mutant, mutated } from './mutant.ts'
import type { Progress } from './progress.ts'
import { type Result, readResults, resultWriter, type Version } from './results.ts'
import { STAGES, type StageName, type Stages } from './stages.ts'

export interface RunOptions {
  /** The repository, which has the folder of results. */
  readonly root: string
  /** Hash of the mutated sources. */
  readonly version: Version
  /** Part of the mutants, as `2/8`. */
  readonly shard: string
  /** The last stage that is run. */
  readonly until: StageName
  /** Run the mutants again that have survived so far, from the first stage on. */
  readonly again: boolean
  /** Run the mutants again whose result is from older sources, from the first stage on. */
  readonly renew: boolean
  readonly progress: Progress
}

/** The mutants of a shard. `2/8` is every eighth mutant, from the second on. */
export function shardOf(mutants: readonly Mutant[], shard: string): readonly Mutant[] {
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(shard)?.map(Number) ?? []
  if (part === undefined || of === undefined || part > of) throw new Error(`a shard is like 2/8, not ${shard}`)
  return mutants.filter((_, index) => index % of === part - 1)
}

/** The edit as removed and added lines. */
export function difference(root: string, mutant: Change & { readonly path: string }): string {
  const before = readFileSync(join(root, mutant.file), 'utf8').split('\n')
  const after = mutated(before.join('\n'), mutant).split('\n')
  const same = before.findIndex((line, at) => line !== after[at])
  const tail = [...before].reverse().findIndex((line, at) => line !== after[after.length - 1 - at])
  const lines = (text: readonly string[], sign: string) =>
    text.slice(same, Math.max(same, text.length - tail)).map((line) => `${sign}${line}`)
  return [`${mutant.file}:${same + 1} (${mutant.path})`, ...lines(before, '-'), ...lines(after, '+')].join('\n')
}

const stagesUntil = (until: StageName) => STAGES.slice(0, STAGES.indexOf(until) + 1)

interface OneOptions {
  readonly until: StageName
  /** An earlier result. The run continues after the stages of it. */
  readonly known?: Result | undefined
  /** Called before each stage. */
  readonly onStage?: (stage: StageName) => void
  /** Hash of the sources, for the result. */
  readonly sources?: string
}

/** Runs the stages that are left for a mutant, until one notices it. */
export async function runOne(stages: Stages, mutant: Mutant, options: OneOptions): Promise<Result> {
  const { until, known, onStage, sources = '' } = options
  const began = performance.now()
  const passed = [...(known?.passed ?? [])]
  const result = (stage: StageName | null, check = '', detail = ''): Result => {
    const seconds = Number(((performance.now() - began) / 1000 + (known?.seconds ?? 0)).toFixed(3))
    return { id: mutant.id, stage, check, detail, passed, seconds, sources }
  }
  for (const stage of stagesUntil(until)) {
    if (passed.includes(stage) || stages.missing(stage) !== undefined) continue
    onStage?.(stage)
    const noticed = await stages.run(stage, mutant)
    if (noticed) return result(stage, noticed.check, noticed.detail)
    passed.push(stage)
  }
  return result(null)
}

/** Runs the mutants that have no result yet, and the survivors that have stages left. */
export async function run(stages: Stages, mutants: readonly Mutant[], options: RunOptions): Promise<void> {
  const { root, version, shard, until, again, renew, progress } = options
  const write = resultWriter(root, shard)
  const results = readResults(root, version)
  const wanted = stagesUntil(until).filter((stage) => stages.missing(stage) === undefined)
  for (const stage of stagesUntil(until)) {
    const why = stages.missing(stage)
    if (why !== undefined) progress.say(`${stage} is left out: ${why}`)
  }
  const isOld = (known: Result) => (again && known.stage === null) || (renew && known.sources !== version(known.id))
  const mine = shardOf(mutants, shard)
  const open = mine.filter(({ id }) => {
    const known = results.get(keyOf(id))
    if (!known || isOld(known)) return true
    return known.stage === null && wanted.some((stage) => !known.passed.includes(stage))
  })
  progress.say(`${mine.length} mutants, ${mine.length - open.length} have a result, ${open.length} are run`)
  const began = performance.now()
  let alive = 0
  for (const [index, mutant] of open.entries()) {
    const earlier = results.get(keyOf(mutant.id))
    const known = earlier && isOld(earlier) ? undefined : earlier
    const seconds = (performance.now() - began) / 1000
    const left = index === 0 ? '' : `, ${Math.ceil(((seconds / index) * (open.length - index)) / 60)} min left`
    const onStage = (stage: StageName) =>
      progress.show(`${index} of ${open.length}, ${alive} not noticed${left}; ${stage}: ${mutant.id}`)
    const result = await runOne(stages, mutant, { until, known, onStage, sources: version(mutant.id) })
    write(result)
    if (result.stage === null) alive += 1
  }
  progress.say(`${open.length} of ${open.length}, ${alive} not noticed`)
}
