/** Puts the libraries of `src/bundled` into the package. */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { rolldown } from 'rolldown'
import { z } from 'zod'

const MANIFEST = z.object({ dependencies: z.record(z.string(), z.string()) })

/**
 * The bundled scripts by their names in `dist/src/bundled`. The dependencies of the package are not bundled, because
 * the embedding program and the command line share them. Adds the paths of the bundled modules to `modules`.
 */
export async function bundleLibraries(root: string, modules: Set<string>): Promise<ReadonlyMap<string, string>> {
  const { dependencies } = MANIFEST.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const shared = Object.keys(dependencies)
  const isOutside = (id: string) => shared.some((name) => id === name || id.startsWith(`${name}/`))
  const files = globSync('src/bundled/*.ts', { cwd: root })
  const input = Object.fromEntries(files.map((file) => [basename(file, '.ts'), join(root, file)]))
  const bundle = await rolldown({ input, platform: 'node', external: isOutside })
  try {
    const names = { entryFileNames: '[name].js', chunkFileNames: 'common-[hash].js' }
    // Names are kept, so that stack traces stay readable.
    const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } }
    const { output } = await bundle.generate({ format: 'esm', minify, ...names })
    const scripts = new Map<string, string>()
    for (const each of output) {
      if (each.type !== 'chunk') throw new Error(`${each.fileName} is no script`)
      for (const module of each.moduleIds) modules.add(module)
      scripts.set(each.fileName, each.code)
    }
    return scripts
  } finally {
    await bundle.close()
  }
}
