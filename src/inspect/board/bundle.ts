/** Makes the script of the board's page, in one minified file. */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY = fileURLToPath(new URL('./page/index.ts', import.meta.url))

export async function bundleBoard(): Promise<string> {
  const bundle = await rolldown({ input: ENTRY, platform: 'browser' })
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true })
    const [{ code }, ...more] = output
    if (more.length > 0) throw new Error('the script of the board must be one file')
    return code
  } finally {
    await bundle.close()
  }
}
