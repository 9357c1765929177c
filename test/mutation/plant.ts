/** Plants faults, and finds out whether the row tests notice each. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Change } from './mutant.ts'
import type { Planted } from './planted.ts'
import type { Stages } from './stages.ts'

/** The fault as a change of its file. Throws if the text to replace is not there exactly once. */
export function changeOf(root: string, { name, file, was, is }: Planted): Change {
  const text = readFileSync(join(root, file), 'utf8')
  const start = text.indexOf(was)
  if (start < 0 || text.indexOf(was, start + 1) >= 0)
    throw new Error(`"${name}" cannot be planted: ${file} does not have this once: ${was}`)
  return { file, start, end: start + was.length, text: is }
}

/** Prints for each fault the check that notices it. Returns the number of noticed faults. */
export async function plant(
  stages: Pick<Stages, 'run'>,
  faults: readonly Planted[],
  { root, say }: { readonly root: string; say(line: string): void },
): Promise<number> {
  let count = 0
  for (const fault of faults) {
    const change = changeOf(root, fault)
    const noticed = (await stages.run('beside', change, fault.rows)) ?? (await stages.run('rows', change))
    say(noticed ? `noticed: ${fault.name}\n  by ${noticed.check}` : `NOT NOTICED: ${fault.name}`)
    if (noticed) count += 1
  }
  say(`${count} of ${faults.length} planted faults are noticed by the rows`)
  return count
}
