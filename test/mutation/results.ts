/**
 * The results of mutants, one line of JSON each.
 *
 * A result belongs to the edit, the names around it and its row. It stays valid when other rows or other files change.
 * It has a hash of the sources that it was made with, so that it can be renewed.
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
  /** The stage that noticed the mutant. `null` if none has. */
  stage: z.enum(STAGES).nullable(),
  /** The check or test that noticed the mutant. `detail` is its failure. */
  check: z.string(),
  detail: z.string(),
  /** Stages that did not notice the mutant. */
  passed: z.array(z.enum(STAGES)),
  seconds: z.number(),
  /** Hash of the sources of this result. */
  sources: z.string().default(''),
})
export type Result = z.infer<typeof RESULT>

/** The folder of the results, which is not under version control. */
export const RESULTS_FOLDER = 'test-artefacts/mutation'

const folderOf = (root: string) => join(root, RESULTS_FOLDER)

/** Hash of the present sources of the family of the mutant with this id. */
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

/** The results by the keys of their mutants. If a mutant has several, the best one for the present sources. */
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

/**
 * A result of the present sources is better than one of others. Otherwise a result replaces one that did not notice.
 * There are several results after `--again`, `--renew` or a change of the number of shards.
 */
function saysMore(result: Result, before: Result, sources: string): boolean {
  const [now, then] = [result.sources === sources, before.sources === sources]
  return now === then ? before.stage === null : now
}

/** The result in a line. `undefined` for an incomplete line, which a killed run may leave. */
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
