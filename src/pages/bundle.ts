/** Makes the script of a page: one minified file with all modules that it imports. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** The text of a licence or notice, with line breaks that no HTML parser changes. */
export async function noticeIn(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replace(/\r\n?/g, '\n').trim()
}

/** License notices of ECharts and of the libraries that it includes: zrender, tslib and parts of d3. */
export async function chartNotices(): Promise<readonly string[]> {
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

/**
 * Bundles a page's script. The minifier removes the notices of the libraries, so `notices` are put at the top. The
 * paths of the bundled modules are added to `modules`. `values` are for names that the script only declares, as JSON.
 */
export async function bundleScript(
  entry: URL,
  notices: readonly string[] = [],
  modules = new Set<string>(),
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(entry),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"', ...values } },
  })
  const comment = `/*!\n${notices.join('\n\n').replaceAll('*/', '* /')}\n*/`
  try {
    const banner = notices.length === 0 ? {} : { postBanner: comment }
    const { output } = await bundle.generate({ format: 'iife', minify: true, ...banner })
    const [{ code, moduleIds }, ...more] = output
    if (more.length > 0) throw new Error(`the script of ${entry.pathname} must be one file`)
    for (const module of moduleIds) modules.add(module)
    return code
  } finally {
    await bundle.close()
  }
}
