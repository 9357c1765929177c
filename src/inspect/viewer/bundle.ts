/** Makes the scripts of the viewer's page: the page itself, and the worker that computes the layout of charts. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScript, chartNotices, noticeIn } from '../../pages/bundle.ts'

const ENTRY = new URL('./page/index.tsx', import.meta.url)
const fromHere = createRequire(import.meta.url)

/** Scripts by the names under which the page asks for them. */
export interface Scripts {
  readonly 'viewer.js': string
  readonly 'layout-worker.js': string
}

const ELK =
  'elkjs: Eclipse Public License 2.0, https://www.eclipse.org/legal/epl-2.0/; sources: https://github.com/kieler/elkjs'

async function notices(): Promise<readonly string[]> {
  const licence = (name: string) => noticeIn(join(dirname(fromHere.resolve(`${name}/package.json`)), 'LICENSE'))
  return [
    `preact: ${await licence('preact')}`,
    `xstate: ${await licence('xstate')}`,
    `d3: ${await noticeIn(fileURLToPath(new URL('../LICENSE', import.meta.resolve('d3-zoom'))))}`,
    ELK,
    ...(await chartNotices()),
  ]
}

/** Both scripts as text. The paths of their modules are added to `modules`. */
export async function bundleViewer(modules?: Set<string>): Promise<Scripts> {
  const layout = fromHere.resolve('elkjs/lib/elk-worker.min.js')
  modules?.add(layout)
  const [page, worker] = await Promise.all([bundleScript(ENTRY, await notices(), modules), readFile(layout, 'utf8')])
  return { 'viewer.js': page, 'layout-worker.js': `/*! ${ELK} */\n${worker}` }
}
