/**
 * Scripts that were bundled before are kept below `node_modules`, because bundling takes seconds and a server that runs
 * from its sources does it at each start. A script is used again only while each file that it was made of is unchanged.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/mrdian-pages/', import.meta.url))

/**
 * The script of this entry, kept or made. `make` makes it and adds the paths of all files that it was made of.
 *
 * @throws the error of `make`; if the script cannot be kept, it is only made again the next time.
 */
export async function kept(
  entry: URL,
  make: (files: Set<string>) => Promise<string>,
  folder = FOLDER,
): Promise<string> {
  const place = join(folder, createHash('sha256').update(entry.pathname).digest('hex').slice(0, 16))
  const known = await keptIn(place).catch(() => undefined)
  if (known !== undefined) return known
  const begun = await timeOf(place).catch(() => 0)
  const files = new Set<string>()
  const script = await make(files)
  await keep(place, script, [...files].sort(), begun).catch(() => undefined)
  return script
}

/** @throws Error if nothing is kept, or if it was made of other files. */
async function keptIn(place: string): Promise<string> {
  const files = (await readFile(join(place, 'files'), 'utf8')).split('\n')
  return readFile(join(place, await fingerprint(files)), 'utf8')
}

/** Of names and contents. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const contents = await Promise.all(files.map((file) => readFile(file)))
  const hash = createHash('sha256').update(files.join('\n'))
  for (const content of contents) hash.update(`\n${content.length}\n`).update(content)
  return `${hash.digest('hex').slice(0, 32)}.js`
}

/** The present time in milliseconds, as the file system has it. */
async function timeOf(place: string): Promise<number> {
  await mkdir(place, { recursive: true })
  await writeFile(join(place, 'begun'), '')
  return (await stat(join(place, 'begun'))).mtimeMs
}

/** A file that was changed since the beginning may have gone into the script before or after. Then nothing is kept. */
async function keep(place: string, script: string, files: readonly string[], begun: number): Promise<void> {
  const changes = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))
  if (changes.some((at) => at >= begun)) return
  const name = await fingerprint(files)
  for (const old of await readdir(place)) if (old.endsWith('.js')) await rm(join(place, old), { force: true })
  await write(join(place, name), script)
  await write(join(place, 'files'), files.join('\n'))
}

/** Writes to another file and renames it, so that no other process reads a half. */
async function write(file: string, text: string): Promise<void> {
  const half = `${file}.${process.pid}`
  await writeFile(half, text)
  await rename(half, file)
}
