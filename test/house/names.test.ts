/** Files are named in kebab-case, and no two classes of the product have the same name. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const SOURCES = ['machines', 'src'].flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(part, name)),
)

/** `gateway`, `lock-out-log`, `xmpp-client.d`. */
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.tsx?$/

/** Names of classes, with the files that declare them. */
function classes(files: readonly string[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const file of files)
    for (const [, name = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(
      /^(?:export )?(?:abstract )?class (\w+)/gm,
    ))
      found.set(name, [...(found.get(name) ?? []), file])
  return found
}

it('files have names in kebab-case', () => {
  const wrong = SOURCES.filter((file) => !KEBAB.test(file.slice(file.lastIndexOf('/') + 1)))
  expect(wrong).toEqual([])
})

it('no two classes have the same name', () => {
  const known = classes(SOURCES)
  expect(known.size).toBeGreaterThan(100)
  const twice = [...known].filter(([, files]) => files.length > 1)
  expect(twice).toEqual([])
})
