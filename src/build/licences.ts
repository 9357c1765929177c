/** The licences of what is put into the package: one text, every library once. */
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

/** Of the libraries that the modules belong to, by their names. @throws when one says nothing of its licence. */
export function licencesOf(modules: ReadonlySet<string>): string {
  const folders = new Set([...modules].filter((module) => module.includes(LIBRARY)).map(folderOf))
  const libraries = new Map([...folders].map(libraryIn).map(({ name, text }) => [name, text]))
  const parts = [...libraries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${RULE}\n${name}\n\n${text}\n`)
  return `What others wrote and this package has in it, with their licences.\n\n${parts.join('\n')}`
}

/** The folder of the library; there may be manifests below it that say no more than how its modules are to be read. */
function folderOf(module: string): string {
  // A bundler's own names begin with a zero.
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
