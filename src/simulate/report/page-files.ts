/** What the page consists of: its style sheet, and its script, the built one, or made now when the program runs from its sources. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export interface PageFiles {
  readonly script: string
  readonly style: string
}

let files: Promise<PageFiles> | undefined

/** The script stands beside the built form of this file, never beside the source: a source tree never shows an older page. */
async function scriptOf(): Promise<string> {
  if (existsSync(here('./page.js'))) return readFile(here('./page.js'), 'utf8')
  const { bundlePage } = await import('./bundle.ts')
  return bundlePage()
}

/** Read once. @throws Error when there is neither a built script nor what is needed to make it. */
export function pageFiles(): Promise<PageFiles> {
  const read = async () => ({ script: await scriptOf(), style: await readFile(here('./style.css'), 'utf8') })
  files ??= read().catch((error: unknown) => {
    files = undefined
    throw new Error('the script of the report page is missing and cannot be made: run npm run build', { cause: error })
  })
  return files
}
