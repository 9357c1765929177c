/** Makes the page's script: the page and the parts of ECharts that it uses, in one minified file. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY = fileURLToPath(new URL('./page/index.ts', import.meta.url))

/**
 * What may not stand in a script element: the first two would end or confuse it, the others are changed by every HTML
 * parser, and then the hash of the content security policy does not fit.
 */
const NOT_IN_SCRIPT = ['</script', '<!--', '\r', '\0', '\uFEFF']

/** ECharts carries zrender, tslib and parts of d3. The minifier drops their notices, so they are put back on top. */
async function notices(): Promise<string> {
  const fromHere = createRequire(import.meta.url)
  const echarts = dirname(fromHere.resolve('echarts/package.json'))
  const fromEcharts = createRequire(join(echarts, 'package.json'))
  const read = async (file: string) => (await readFile(file, 'utf8')).replace(/\r\n?/g, '\n').trim()
  const texts = [
    await read(join(echarts, 'NOTICE')),
    'Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0',
    `zrender: ${await read(join(dirname(fromEcharts.resolve('zrender/package.json')), 'LICENSE'))}`,
    `Parts of d3: ${await read(join(echarts, 'licenses', 'LICENSE-d3'))}`,
    `tslib: ${await read(join(dirname(fromEcharts.resolve('tslib')), 'LICENSE.txt'))}`,
  ]
  return `/*!\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/`
}

/** The script as text, ready to stand in a `script` element. */
export async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  })
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true, postBanner: await notices() })
    const [{ code }, ...more] = output
    if (more.length > 0) throw new Error('the page script must be one file')
    const wrong = NOT_IN_SCRIPT.find((text) => code.toLowerCase().includes(text.toLowerCase()))
    if (wrong !== undefined) throw new Error(`the page script holds ${JSON.stringify(wrong)}`)
    return code
  } finally {
    await bundle.close()
  }
}
