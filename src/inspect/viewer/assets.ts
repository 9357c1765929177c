/** The files of the viewer's page. */
import { readdir, readFile } from 'node:fs/promises'
import { assetsOf, scripts } from '../access/assets.ts'

const fileOf = (name: string) => readFile(new URL(name, import.meta.url))

/** All style sheets joined, in the order of their names, and that of the lanes. */
async function style(): Promise<Buffer> {
  const all = await readdir(new URL('./style', import.meta.url))
  const names = all.filter((name) => name.endsWith('.css')).sort()
  const files = [...names.map((name) => `./style/${name}`), '../../pages/lanes/lanes.css']
  return Buffer.concat(await Promise.all(files.map(fileOf)))
}

const make = async () => ({ 'viewer.js': await (await import('./bundle.ts')).bundleViewer() })

/** Names below `/inspect/`; `''` is the page itself. */
export const ASSETS = ['', 'viewer.css', 'viewer.js', 'icon.svg'] as const

export const viewerAssets = assetsOf('the page of the viewer', async () => [
  ['', await fileOf('./page.html')],
  ['viewer.css', await style()],
  ['icon.svg', await fileOf('./icon.svg')],
  ...(await scripts(import.meta.url, ['viewer.js'], make)),
])
