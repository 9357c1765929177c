/** What the viewer's page consists of: files of this folder, and scripts, built or made now from their sources. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Asset, assetOf } from '../access/page.ts'

export type Assets = Readonly<Record<string, Asset>>

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const TYPES = {
  'viewer.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'viewer.js': 'text/javascript; charset=utf-8',
  'layout-worker.js': 'text/javascript; charset=utf-8',
} as const

/** Built scripts stand beside the built form of this file, never beside the source: sources never show an older page. */
async function scripts(): Promise<readonly [keyof typeof TYPES, Buffer][]> {
  const names = ['viewer.js', 'layout-worker.js'] as const
  if (names.every((name) => existsSync(here(`./${name}`))))
    return Promise.all(names.map(async (name) => [name, await readFile(here(`./${name}`))]))
  const { bundleViewer } = await import('./bundle.ts')
  const made = await bundleViewer()
  return names.map((name) => [name, Buffer.from(made[name])])
}

/** One sheet of all, in the order of their names. */
async function style(): Promise<Buffer> {
  const names = (await readdir(here('./style'))).filter((name) => name.endsWith('.css')).sort()
  return Buffer.concat(await Promise.all(names.map((name) => readFile(here(`./style/${name}`)))))
}

let loading: Promise<Assets> | undefined

async function load(): Promise<Assets> {
  const files = [
    ['viewer.css', await style()],
    ['icon.svg', await readFile(here('./icon.svg'))],
  ] as const
  const page = assetOf('text/html; charset=utf-8', await readFile(here('./page.html')))
  const named = [...files, ...(await scripts())].map(([name, body]) => [name, assetOf(TYPES[name], body)])
  return { '': page, ...Object.fromEntries(named) }
}

/**
 * Everything below `/inspect/`, by name; `''` is the page. Read once.
 *
 * @throws Error when the scripts are neither built nor can be made.
 */
export function viewerAssets(): Promise<Assets> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw new Error('the viewer’s page is missing and cannot be made: run npm run build', { cause: error })
  })
  return loading
}
