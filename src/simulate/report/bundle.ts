/** Makes the page's script: the page and the parts of ECharts that it uses, in one minified file. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bundleScript, noticeIn } from '../../pages/bundle.ts'

/**
 * What may not stand in a script element: the first two would end or confuse it, the others are changed by every HTML
 * parser, and then the hash of the content security policy does not fit.
 */
const NOT_IN_SCRIPT = ['</script', '<!--', '\r', '\0', '\uFEFF']

/** ECharts carries zrender, tslib and parts of d3. */
async function notices(): Promise<readonly string[]> {
  const fromHere = createRequire(import.meta.url)
  const echarts = dirname(fromHere.resolve('echarts/package.json'))
  const fromEcharts = createRequire(join(echarts, 'package.json'))
  return [
    await noticeIn(join(echarts, 'NOTICE')),
    'Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0',
    `zrender: ${await noticeIn(join(dirname(fromEcharts.resolve('zrender/package.json')), 'LICENSE'))}`,
    `Parts of d3: ${await noticeIn(join(echarts, 'licenses', 'LICENSE-d3'))}`,
    `tslib: ${await noticeIn(join(dirname(fromEcharts.resolve('tslib')), 'LICENSE.txt'))}`,
  ]
}

/** The script as text, ready to stand in a `script` element. `modules` gets the paths of what it is made of. */
export async function bundlePage(modules?: Set<string>): Promise<string> {
  const code = await bundleScript(new URL('./page/index.ts', import.meta.url), await notices(), modules)
  const wrong = NOT_IN_SCRIPT.find((text) => code.toLowerCase().includes(text.toLowerCase()))
  if (wrong !== undefined) throw new Error(`the page script holds ${JSON.stringify(wrong)}`)
  return code
}
