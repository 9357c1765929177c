/** Collects the licences of all libraries that are bundled into the package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const MANIFEST = z.object({ name: z.string(), version: z.string(), license: z.string().optional() })
const LIBRARY = `${join('/', 'node_modules')}/`
const LICENCE = /^(licen[cs]e|copying|notice)/i
const RULE = '='.repeat(80)

interface Library {
  readonly name: string
  readonly text: string
}

/**
 * One text with the licences of the libraries that the modules belong to, each library once, sorted by name.
 *
 * @throws Error when a library names no licence.
 */
export function licencesOf(modules: ReadonlySet<string>): string {
  const folders = new Set([...modules].filter((module) => module.includes(LIBRARY)).map(folderOf))
  const libraries = new Map([...folders].map(libraryIn).map(({ name, text }) => [name, text]))
  const parts = [...libraries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${RULE}\n${name}\n\n${text}\n`)
  return `What others wrote and this package has in it, with their licences.\n\n${parts.join('\n')}`
}

/** The folder of the module's library. Folders with a `package.json` without name and version are skipped. */
function folderOf(module: string): string {
  // Names of modules that the bundler created itself begin with a zero character.
  const [path = ''] = module.replaceAll('\0', '').split('?')
  for (let folder = dirname(path); folder.includes(LIBRARY); folder = dirname(folder))
    if (manifestIn(folder)) return folder
  throw new Error(`no library has ${module}`)
}

function manifestIn(folder: string) {
  const file = join(folder, 'package.json')
  return existsSync(file) ? MANIFEST.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined
}

function libraryIn(folder: string): Library {
  const manifest = manifestIn(folder)
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE.test(entry.name))
    .map(({ name }) => join(folder, name))
  const more = join(folder, 'licenses')
  if (existsSync(more)) files.push(...readdirSync(more).map((name) => join(more, name)))
  if (files.length === 0 && !manifest?.license) throw new Error(`${folder} says nothing of its licence`)
  const texts = files.map((file) => readFileSync(file, 'utf8').trim())
  return {
    name: `${manifest?.name} ${manifest?.version}`,
    text: [`Licence: ${manifest?.license ?? 'as follows'}`, ...texts].join('\n\n'),
  }
}
