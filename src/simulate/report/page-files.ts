/**
 * The files of the page: its style sheet and its script. When the program runs from its sources, the script is bundled
 * now.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export interface PageFiles {
  readonly script: string
  readonly style: string
}

let files: Promise<PageFiles> | undefined

/**
 * The built script is only next to the compiled form of this file. So a program that runs from its sources never uses
 * an old script.
 */
async function scriptOf(): Promise<string> {
  if (existsSync(here('./page.js'))) return readFile(here('./page.js'), 'utf8')
  const { bundlePage } = await import('./bundle.ts')
  return bundlePage()
}

/** The style of the page, then that of the lanes. */
async function styleOf(): Promise<string> {
  const files = ['./style.css', '../../pages/lanes/lanes.css'].map((name) => readFile(here(name), 'utf8'))
  return (await Promise.all(files)).join('')
}

/** Reads the files once. @throws Error when there is no built script and it cannot be bundled. */
export function pageFiles(): Promise<PageFiles> {
  const read = async () => ({ script: await scriptOf(), style: await styleOf() })
  files ??= read().catch((error: unknown) => {
    files = undefined
    throw new Error('the script of the report page is missing and cannot be built: run npm run build', { cause: error })
  })
  return files
}
