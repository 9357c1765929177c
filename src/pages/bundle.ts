/** Makes the script of a page: one minified file with all modules that it imports. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { kept } from './kept.ts'

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

/** A page's script, and what is put into it beside the modules that it imports. */
export interface ScriptParts {
  readonly entry: URL
  /** The minifier removes the notices of the libraries, so these are put at the top. */
  readonly notices?: () => Promise<readonly string[]>
  /** Values for names that the script only declares, as JSON. */
  readonly values?: () => Promise<Readonly<Record<string, string>>>
  /** The files of which the values and notices are made. */
  readonly of?: readonly string[]
}

/**
 * Bundles a page's script, or takes the one that was bundled before. With `modules` it is always bundled, and the paths of
 * the bundled modules are added to them.
 */
export async function bundleScript(parts: ScriptParts, modules?: Set<string>): Promise<string> {
  if (modules !== undefined) return bundled(parts, modules)
  return kept(parts.entry, async (files) => {
    const found = new Set<string>()
    const script = await bundled(parts, found)
    for (const each of [...found, ...(parts.of ?? []), fileURLToPath(import.meta.url)])
      if (!each.startsWith('\0')) files.add(each)
    return script
  })
}

async function bundled({ entry, notices, values }: ScriptParts, modules: Set<string>): Promise<string> {
  const given = await values?.()
  const bundle = await rolldown({
    input: fileURLToPath(entry),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"', ...given } },
  })
  const comment = notices && `/*!\n${(await notices()).join('\n\n').replaceAll('*/', '* /')}\n*/`
  try {
    const banner = comment === undefined ? {} : { postBanner: comment }
    const { output } = await bundle.generate({ format: 'iife', minify: true, ...banner })
    const [{ code, moduleIds }, ...more] = output
    if (more.length > 0) throw new Error(`the script of ${entry.pathname} must be one file`)
    for (const module of moduleIds) modules.add(module)
    return code
  } finally {
    await bundle.close()
  }
}
