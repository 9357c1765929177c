/** Bundles the script of the page: the page and the parts of ECharts that it uses, in one minified file. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bundleScript, noticeIn } from '../../pages/bundle.ts'

/**
 * Texts that must not occur in a script element. The first two would end or confuse the element. The others are changed
 * by every HTML parser, so that the hash of the content security policy would not match.
 */
const NOT_IN_SCRIPT = ['</script', '<!--', '\r', '\0', '\uFEFF']

/** License notices of ECharts and of the libraries that it includes: zrender, tslib and parts of d3. */
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

/** The script as text, safe to put into a `script` element. `modules` receives the paths of the bundled modules. */
export async function bundlePage(modules?: Set<string>): Promise<string> {
  const code = await bundleScript(new URL('./page/index.ts', import.meta.url), await notices(), modules)
  const wrong = NOT_IN_SCRIPT.find((text) => code.toLowerCase().includes(text.toLowerCase()))
  if (wrong !== undefined) throw new Error(`the page script contains ${JSON.stringify(wrong)}`)
  return code
}
