/** The files of the board's page. The script is the built one, or made now when the program runs from its sources. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Asset, assetOf } from '../access/page.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Below the page's path; `''` is the page. */
export const ASSETS = ['', 'board.css', 'board.js', 'icon.svg'] as const
export type AssetName = (typeof ASSETS)[number]

/** Stands beside the built form of this file, never beside the source: a source tree never shows an older page. */
async function script(): Promise<Buffer> {
  const built = here('./board.js')
  if (existsSync(built)) return readFile(built)
  const { bundleBoard } = await import('./bundle.ts')
  return Buffer.from(await bundleBoard())
}

async function load(): Promise<Readonly<Record<AssetName, Asset>>> {
  const [html, css, icon, js] = await Promise.all([
    readFile(here('./board.html')),
    readFile(here('./board.css')),
    readFile(here('./icon.svg')),
    script(),
  ])
  return {
    '': assetOf('text/html; charset=utf-8', html),
    'board.css': assetOf('text/css; charset=utf-8', css),
    'icon.svg': assetOf('image/svg+xml', icon),
    'board.js': assetOf('text/javascript; charset=utf-8', js),
  }
}

let loading: Promise<Readonly<Record<AssetName, Asset>>> | undefined

/** Read once. @throws Error when there is neither a built script nor what is needed to make it. */
export function boardAssets(): Promise<Readonly<Record<AssetName, Asset>>> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw new Error('the page of the board is missing and cannot be made: run npm run build', { cause: error })
  })
  return loading
}
