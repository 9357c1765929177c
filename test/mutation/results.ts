/**
 * What became of each mutant: one line of JSON each, written as it comes. The last line on a mutant counts.
 *
 * A result belongs to the edit, the names around it and its row, not to the state of the repository: it outlives edits
 * of other rows and of other machines. It says which machines it was got with, so that it can be renewed.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keyOf } from './mutant.ts'
import { STAGES } from './stages.ts'

const RESULT = z.object({
  id: z.string(),
  /** Stage that noticed it; `null` while none has. */
  stage: z.enum(STAGES).nullable(),
  /** The check or test that noticed it, and what it said. */
  check: z.string(),
  detail: z.string(),
  /** Stages that did not notice it. */
  passed: z.array(z.enum(STAGES)),
  seconds: z.number(),
  /** Hash of the machines that it was got with. */
  machines: z.string().default(''),
})
export type Result = z.infer<typeof RESULT>

/** Kept outside the repository's history. */
export const RESULTS_FOLDER = 'test-artefacts/mutation'

const folderOf = (root: string) => join(root, RESULTS_FOLDER)

/** Hash of all machines as they are now. */
export function machinesIn(root: string): string {
  const folder = join(root, 'machines')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const hash = createHash('sha256')
  for (const name of files.sort()) hash.update(`${name}\n${readFileSync(join(folder, name), 'utf8')}`)
  return hash.digest('hex').slice(0, 12)
}

/** By key. Of several results on a mutant, the one that says most about `machines`. */
export function readResults(root: string, machines: string): ReadonlyMap<string, Result> {
  const folder = folderOf(root)
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : []
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  const results = new Map<string, Result>()
  for (const line of lines) {
    const result = resultIn(line)
    const before = result && results.get(keyOf(result.id))
    if (result && (!before || saysMore(result, before, machines))) results.set(keyOf(result.id), result)
  }
  return results
}

/** Of the same machines: noticed, or the later one. Shards overlap after a change of their number. */
function saysMore(result: Result, before: Result, machines: string): boolean {
  const [now, then] = [result.machines === machines, before.machines === machines]
  return now === then ? before.stage === null : now
}

/** The last line of a run that was killed may be half a line. */
function resultIn(line: string): Result | undefined {
  if (line === '') return undefined
  try {
    return RESULT.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Appends to the file of a shard. */
export function resultWriter(root: string, shard: string): (result: Result) => void {
  const folder = folderOf(root)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `results-${shard.replace('/', '-of-')}.jsonl`)
  return (result) => appendFileSync(path, `${JSON.stringify(result)}\n`)
}
