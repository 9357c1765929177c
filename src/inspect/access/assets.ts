/** What a page consists of: files beside its program, and scripts, built or made now from their sources. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Asset, assetOf } from './page.ts'

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export type Assets = ReadonlyMap<string, Asset>

/**
 * Scripts by name. Built ones stand beside the built form of the program, never beside its source: sources never show an
 * older page.
 *
 * @param folder of the program: its `import.meta.url`
 * @param make makes all of them where one is not there
 */
export async function scripts<Name extends string>(
  folder: string,
  names: readonly Name[],
  make: () => Promise<Readonly<Record<Name, string>>>,
): Promise<readonly (readonly [Name, Buffer])[]> {
  const here = (name: string) => fileURLToPath(new URL(name, folder))
  if (names.every((name) => existsSync(here(name))))
    return Promise.all(names.map(async (name) => [name, await readFile(here(name))] as const))
  const made = await make()
  return names.map((name) => [name, Buffer.from(made[name])] as const)
}

/**
 * The files of a page by name, `''` for the page itself; read once, when somebody asks.
 *
 * @throws Error when there is neither a built script nor what is needed to make it; the next one to ask tries again.
 */
export function assetsOf(
  what: string,
  read: () => Promise<readonly (readonly [string, Buffer])[]>,
): () => Promise<Assets> {
  let loading: Promise<Assets> | undefined
  const load = async () =>
    new Map((await read()).map(([name, body]) => [name, assetOf(TYPES[extname(name)] ?? '', body)]))
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw new Error(`${what} is missing and cannot be made: run npm run build`, { cause: error })
    })
    return loading
  }
}
