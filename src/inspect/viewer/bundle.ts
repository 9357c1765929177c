/** Makes the script of the viewer's page, with the places of all charts in it. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScript, chartNotices, noticeIn } from '../../pages/bundle.ts'
import { placeCharts } from './chart/placing.ts'

const ENTRY = new URL('./page/index.tsx', import.meta.url)
/** What decides about the places, beside the machines, which are modules of the page. */
const PLACED_BY = [
  ...['./bundle.ts', './chart/placing.ts', './chart/setting.ts', './chart/widths.ts', '../../bundled/elkjs.ts'].map(
    (name) => fileURLToPath(new URL(name, import.meta.url)),
  ),
  fileURLToPath(import.meta.resolve('elkjs/package.json')),
]
const fromHere = createRequire(import.meta.url)

async function notices(): Promise<readonly string[]> {
  const licence = (name: string) => noticeIn(join(dirname(fromHere.resolve(`${name}/package.json`)), 'LICENSE'))
  return [
    `preact: ${await licence('preact')}`,
    `xstate: ${await licence('xstate')}`,
    `d3: ${await noticeIn(fileURLToPath(new URL('../LICENSE', import.meta.resolve('d3-zoom'))))}`,
    ...(await chartNotices()),
  ]
}

/** The script as text. The paths of its modules are added to `modules`. */
export async function bundleViewer(modules?: Set<string>): Promise<string> {
  const values = async () => ({ CHART_PLACES: JSON.stringify(await placeCharts()) })
  return bundleScript({ entry: ENTRY, notices, values, of: PLACED_BY }, modules)
}
