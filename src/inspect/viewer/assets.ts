/** The files of the viewer's page. */
import { readdir, readFile } from 'node:fs/promises'
import { assetsOf, scripts } from '../access/assets.ts'

const fileOf = (name: string) => readFile(new URL(name, import.meta.url))

/** All style sheets joined, in the order of their names. */
async function style(): Promise<Buffer> {
  const all = await readdir(new URL('./style', import.meta.url))
  const names = all.filter((name) => name.endsWith('.css')).sort()
  return Buffer.concat(await Promise.all(names.map((name) => fileOf(`./style/${name}`))))
}

const make = async () => (await import('./bundle.ts')).bundleViewer()

/** Names below `/inspect/`; `''` is the page itself. */
export const ASSETS = ['', 'viewer.css', 'viewer.js', 'layout-worker.js', 'icon.svg'] as const

export const viewerAssets = assetsOf('the page of the viewer', async () => [
  ['', await fileOf('./page.html')],
  ['viewer.css', await style()],
  ['icon.svg', await fileOf('./icon.svg')],
  ...(await scripts(import.meta.url, ['viewer.js', 'layout-worker.js'], make)),
])
