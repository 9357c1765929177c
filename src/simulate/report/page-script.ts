/** The script of the page: the built one, or made now when the program runs from its sources. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Stands beside the built form of this file, never beside the source: a source tree never shows an older page. */
const BUILT = fileURLToPath(new URL('./page.js', import.meta.url))

let script: Promise<string> | undefined

async function read(): Promise<string> {
  if (existsSync(BUILT)) return readFile(BUILT, 'utf8')
  const { bundlePage } = await import('./bundle.ts')
  return bundlePage()
}

/** @throws Error when there is neither a built script nor what is needed to make it. */
export function pageScript(): Promise<string> {
  script ??= read().catch((error: unknown) => {
    script = undefined
    throw new Error('the script of the report page is missing and cannot be made: run npm run build', { cause: error })
  })
  return script
}
