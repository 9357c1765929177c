/** One mutant after the other through the stages, until one notices. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf, type Mutant, mutated } from './mutant.ts'
import { type Result, readResults, resultWriter } from './results.ts'
import { STAGES, type StageName, type Stages } from './stages.ts'

export interface RunOptions {
  readonly root: string
  /** Part of the mutants, as `2/8`. */
  readonly shard: string
  /** The last stage that is run. */
  readonly until: StageName
  /** Run the mutants again that survived so far, from the first stage on. */
  readonly again: boolean
  readonly tell: (line: string) => void
}

/** The mutants of shard `2/8`: every eighth, beginning with the second. */
export function shardOf(mutants: readonly Mutant[], shard: string): readonly Mutant[] {
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(shard)?.map(Number) ?? []
  if (part === undefined || of === undefined || part > of) throw new Error(`a shard is like 2/8, not ${shard}`)
  return mutants.filter((_, index) => index % of === part - 1)
}

/** The edit as lines taken away and lines put in. */
export function difference(root: string, mutant: Mutant): string {
  const before = readFileSync(join(root, mutant.file), 'utf8').split('\n')
  const after = mutated(before.join('\n'), mutant).split('\n')
  const same = before.findIndex((line, at) => line !== after[at])
  const tail = [...before].reverse().findIndex((line, at) => line !== after[after.length - 1 - at])
  const lines = (text: readonly string[], sign: string) =>
    text.slice(same, Math.max(same, text.length - tail)).map((line) => `${sign}${line}`)
  return [`${mutant.file}:${same + 1} (${mutant.path})`, ...lines(before, '-'), ...lines(after, '+')].join('\n')
}

const stagesUntil = (until: StageName) => STAGES.slice(0, STAGES.indexOf(until) + 1)

/** Goes on after the stages that are known not to notice it. */
export async function runOne(stages: Stages, mutant: Mutant, until: StageName, known?: Result): Promise<Result> {
  const began = performance.now()
  const passed = [...(known?.passed ?? [])]
  const result = (stage: StageName | null, check = '', detail = ''): Result => {
    const seconds = Number(((performance.now() - began) / 1000 + (known?.seconds ?? 0)).toFixed(3))
    return { id: mutant.id, stage, check, detail, passed, seconds }
  }
  for (const stage of stagesUntil(until)) {
    if (passed.includes(stage) || stages.missing(stage) !== undefined) continue
    const noticed = await stages.run(stage, mutant)
    if (noticed) return result(stage, noticed.check, noticed.detail)
    passed.push(stage)
  }
  return result(null)
}

export async function run(stages: Stages, mutants: readonly Mutant[], options: RunOptions): Promise<void> {
  const { root, shard, until, again, tell } = options
  const write = resultWriter(root, shard)
  const results = readResults(root)
  const wanted = stagesUntil(until).filter((stage) => stages.missing(stage) === undefined)
  for (const stage of stagesUntil(until)) {
    const why = stages.missing(stage)
    if (why !== undefined) tell(`${stage} is left out: ${why}\n`)
  }
  const open = shardOf(mutants, shard).filter(({ id }) => {
    const known = results.get(keyOf(id))
    return !known || (known.stage === null && (again || wanted.some((stage) => !known.passed.includes(stage))))
  })
  const began = performance.now()
  let alive = 0
  for (const [index, mutant] of open.entries()) {
    const known = again ? undefined : results.get(keyOf(mutant.id))
    const result = await runOne(stages, mutant, until, known)
    write(result)
    if (result.stage === null) alive += 1
    const each = (performance.now() - began) / 1000 / (index + 1)
    const left = Math.ceil((each * (open.length - index - 1)) / 60)
    tell(`\r${index + 1} of ${open.length}, ${alive} not noticed, ${each.toFixed(2)} s each, ${left} min left   `)
  }
  tell('\n')
}
