/** Makes the scripts of the viewer's page: the page itself, and the worker that lays charts out. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY = fileURLToPath(new URL('./page/index.tsx', import.meta.url))
const fromHere = createRequire(import.meta.url)

/** Scripts by the names under which the page asks for them. */
export interface Scripts {
  readonly 'viewer.js': string
  readonly 'layout-worker.js': string
}

const ELK =
  'elkjs: Eclipse Public License 2.0, https://www.eclipse.org/legal/epl-2.0/; sources: https://github.com/kieler/elkjs'

/** The minifier drops the notices of what is in the bundle, so they are put back on top. */
async function notices(): Promise<string> {
  const folder = (name: string) => dirname(fromHere.resolve(`${name}/package.json`))
  const read = async (file: string) => (await readFile(file, 'utf8')).replace(/\r\n?/g, '\n').trim()
  const texts = [
    `preact: ${await read(join(folder('preact'), 'LICENSE'))}`,
    `xstate: ${await read(join(folder('xstate'), 'LICENSE'))}`,
    `d3: ${await read(fileURLToPath(new URL('../LICENSE', import.meta.resolve('d3-zoom'))))}`,
    ELK,
  ]
  return `/*!\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/`
}

async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  })
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true, postBanner: await notices() })
    const [{ code }, ...more] = output
    if (more.length > 0) throw new Error('the script of the viewer must be one file')
    return code
  } finally {
    await bundle.close()
  }
}

/** Both scripts as text. */
export async function bundleViewer(): Promise<Scripts> {
  const [page, worker] = await Promise.all([
    pageScript(),
    readFile(fromHere.resolve('elkjs/lib/elk-worker.min.js'), 'utf8'),
  ])
  return { 'viewer.js': page, 'layout-worker.js': `/*! ${ELK} */\n${worker}` }
}
