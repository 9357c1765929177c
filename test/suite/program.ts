/**
 * The program as tests start it. `node src/cli/main.ts` reads a thousand files, its own and those of the libraries, which
 * takes longer than most of what a test asks of it. A whole run puts them together once, in a few large ones; nothing else
 * is changed, and nothing is left out but what is hardly ever used.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { FOLDER, PROGRAM_VARIABLE, SOURCE } from './started.ts'

/** Large, each for one command alone, and loaded when that one needs it. */
const OUTSIDE = [/^elkjs/, /^rolldown/, /^selfsigned/, /^pino-pretty/]
/** Another run may use what it made this long ago. */
const KEPT_MS = 86_400_000

/** Each module still believes that it is where its source is: it reads what lies beside it. */
const inPlace = {
  name: 'in-place',
  transform(code: string, id: string) {
    if (id.includes('node_modules') || !code.includes('import.meta.')) return null
    return code
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
  },
}

/** For a run of the tests: where it is, for those that start it. Each project asks for it; the first one makes it. */
export async function setup(): Promise<void> {
  if (!process.env[PROGRAM_VARIABLE]?.startsWith(FOLDER)) process.env[PROGRAM_VARIABLE] = await programOfSources()
}

/** Puts the program together; the same sources give the same folder. Its main file. */
async function programOfSources(): Promise<string> {
  const bundle = await rolldown({ input: SOURCE, platform: 'node', external: OUTSIDE, plugins: [inPlace] })
  const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' }
  const { output } = await bundle.generate({ format: 'esm', ...names })
  await bundle.close()
  const files = output.map((each) => ({ name: each.fileName, text: each.type === 'chunk' ? each.code : each.source }))
  const hash = createHash('sha256')
  for (const { name, text } of files) hash.update(name).update(text)
  const folder = join(FOLDER, hash.digest('hex').slice(0, 16))
  await mkdir(FOLDER, { recursive: true })
  await forgetOld()
  await keep(folder, files)
  return join(folder, 'main.mjs')
}

/** Nobody sees half a folder. */
async function keep(folder: string, files: readonly { name: string; text: string | Uint8Array }[]): Promise<void> {
  const isThere = await utimes(folder, new Date(), new Date()).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const half = await mkdtemp(join(FOLDER, 'half-'))
  for (const { name, text } of files) await writeFile(join(half, name), text)
  await rename(half, folder).catch(async (error: unknown) => {
    await rm(half, { recursive: true })
    // Another run was faster.
    if (!(await stat(folder).catch(() => undefined))) throw error
  })
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(FOLDER)) {
    // Another run may be tidying up, too.
    const { mtimeMs } = await stat(join(FOLDER, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (mtimeMs < Date.now() - KEPT_MS) await rm(join(FOLDER, name), { recursive: true, force: true })
  }
}
