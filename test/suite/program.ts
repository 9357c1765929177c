/**
 * Bundles the program for tests that start it. `node src/cli/main.ts` reads a thousand files of the product and its
 * libraries, which takes longer than most commands. A run bundles them once into a few large files. Nothing else is
 * changed; libraries that single commands need are left out.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { compileCacheBeside, FOLDER, PROGRAM_VARIABLE, SOURCE } from './started.ts'

/** Large libraries that are not bundled: single commands load those of the first line, nothing loads the others. */
const OUTSIDE = [
  ...[/^elkjs/, /^rolldown/, /^selfsigned/, /^pino-pretty/, /^postgres$/],
  ...[/^@fastify\/ajv-compiler/, /^@fastify\/fast-json-stringify-compiler/, /^light-my-request/],
]
/** Without comments and white space a start needs a fifth less time, because Node reads and checks the whole text. */
const WITHOUT_COMMENTS = { mangle: false, compress: false } as const
/** Bundles are deleted after this time, in ms. Another run may still use a younger one. */
const KEPT_MS = 86_400_000

/** Gives each module the path of its source, because modules read files beside their source. */
const inPlace = {
  name: 'in-place',
  transform(code: string, id: string) {
    if (id.includes('node_modules') || !code.includes('import.meta.')) return null
    return code
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
  },
}

/**
 * Puts the path of the bundle into the environment, and the place of a compile cache for the workers and for the scripts
 * that tests start. Vitest calls it for each project; the first call makes the bundle.
 */
export async function setup(): Promise<void> {
  if (process.env[PROGRAM_VARIABLE]?.startsWith(FOLDER)) return
  const program = await programOfSources()
  process.env[PROGRAM_VARIABLE] = program
  process.env.NODE_COMPILE_CACHE ??= compileCacheBeside(program)
}

/** Makes the bundle and returns its main file. The same sources give the same folder. */
async function programOfSources(): Promise<string> {
  const bundle = await rolldown({ input: SOURCE, platform: 'node', external: OUTSIDE, plugins: [inPlace] })
  const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' }
  const { output } = await bundle.generate({ format: 'esm', ...names, minify: WITHOUT_COMMENTS })
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

/** Writes to another folder and renames it, so that no other run sees an incomplete one. */
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
    // Another run may have made the folder meanwhile.
    if (!(await stat(folder).catch(() => undefined))) throw error
  })
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(FOLDER)) {
    // Another run may delete old folders at the same time.
    const { mtimeMs } = await stat(join(FOLDER, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (mtimeMs < Date.now() - KEPT_MS) await rm(join(FOLDER, name), { recursive: true, force: true })
  }
}
