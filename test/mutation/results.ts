/**
 * What became of each mutant: one line of JSON each, written as it comes. The last line on a mutant counts.
 *
 * A result belongs to the edit, the names around it and its row, not to the state of the repository: it outlives edits
 * of other rows and of other files. It says which sources it was got with, so that it can be renewed.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FAMILIES, familyOf } from './families.ts'
import { fileOf, keyOf } from './mutant.ts'
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
  /** Hash of the sources that it was got with. */
  sources: z.string().default(''),
})
export type Result = z.infer<typeof RESULT>

/** Kept outside the repository's history. */
export const RESULTS_FOLDER = 'test-artefacts/mutation'

const folderOf = (root: string) => join(root, RESULTS_FOLDER)

/** Hash of the sources of the family that the mutant with this id belongs to, as they are now. */
export type Version = (id: string) => string

export function versionIn(root: string): Version {
  const hashOf = (files: readonly string[]) => {
    const hash = createHash('sha256')
    for (const file of files.toSorted()) hash.update(`${file}\n${readFileSync(join(root, file), 'utf8')}`)
    return hash.digest('hex').slice(0, 12)
  }
  const hashes = new Map(Object.entries(FAMILIES).map(([family, files]) => [family, hashOf(files)]))
  return (id) => hashes.get(familyOf(fileOf(id))) ?? ''
}

/** By key. Of several results on a mutant, the one that says most about the sources as they are now. */
export function readResults(root: string, version: Version): ReadonlyMap<string, Result> {
  const folder = folderOf(root)
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : []
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  const results = new Map<string, Result>()
  for (const line of lines) {
    const result = resultIn(line)
    const before = result && results.get(keyOf(result.id))
    if (result && (!before || saysMore(result, before, version(result.id)))) results.set(keyOf(result.id), result)
  }
  return results
}

/** Of the same sources: noticed, or the later one. Shards overlap after a change of their number. */
function saysMore(result: Result, before: Result, sources: string): boolean {
  const [now, then] = [result.sources === sources, before.sources === sources]
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
