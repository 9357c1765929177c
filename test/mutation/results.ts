/** What became of each mutant: one line of JSON each, written as it comes. The last line on a mutant counts. */
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
})
export type Result = z.infer<typeof RESULT>

const folderOf = (root: string) => join(root, 'test-artefacts', 'mutation')

/** By key. */
export function readResults(root: string): ReadonlyMap<string, Result> {
  const folder = folderOf(root)
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : []
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  const results = new Map<string, Result>()
  for (const line of lines) {
    const result = resultIn(line)
    const before = result && results.get(keyOf(result.id))
    // Shards overlap after a change of their number: who got further knows more.
    if (result && (!before || before.stage === null)) results.set(keyOf(result.id), result)
  }
  return results
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
