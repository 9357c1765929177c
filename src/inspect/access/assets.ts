/** The files of a page: files beside its program, and scripts, which are built already or made from their sources. */
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
 * The scripts by name. Built scripts are beside the built program, never beside its source, so that a server that runs
 * from its sources never serves an old page.
 *
 * @param folder the program's `import.meta.url`
 * @param make makes all scripts; called if one is missing
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
 * The files of a page by name; `''` is the page itself. They are read once, at the first request.
 *
 * @throws Error if there is no built script and it cannot be made. The next request tries again.
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
      throw new Error(`${what} is missing and cannot be built: run npm run build`, { cause: error })
    })
    return loading
  }
}
