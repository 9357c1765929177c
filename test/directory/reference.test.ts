/** The reference of the directory file is up to date, and documents cite its keys where they are. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { directoryKeys, MEANINGS, meaningOf, PAGE, reference, written } from './reference.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const paths = directoryKeys().map(({ path }) => path)
const leafOf = (path: string): string => path.split('.').at(-1) ?? ''
const leaves = new Set(paths.map(leafOf))

it('is what the schema says; `npm run directory` writes it', () => {
  const page = readFileSync(PAGE, 'utf8')
  expect(page).toContain(reference())
  expect(written(page)).toBe(page)
})

it('says what each key means, and knows no others', () => {
  expect(paths.filter((path) => meaningOf(path) === '')).toEqual([])
  expect(Object.keys(MEANINGS).filter((path) => !paths.includes(path))).toEqual([])
})

/** Keys that are cited as those of an object that does not have them. */
function misplaced(text: string): readonly string[] {
  const wholes = [...text.matchAll(/`((?:[a-zA-Z]+\.)+[a-zA-Z]+)`/g)].map(([, cited = '']) => cited)
  const dotted = wholes.filter(
    (cited) =>
      /^(settings|mediaRoutingDomains|teams|reasonCodes|users)\./.test(cited) &&
      leaves.has(leafOf(cited)) &&
      !paths.some((path) => path.replaceAll('[]', '').endsWith(cited)),
  )
  const ofMrd = [...text.matchAll(/(?:\bMRD's `|`([a-zA-Z]+)` of (?:its|the|an) MRD\b)([a-zA-Z]+)?/g)]
    .map(([, before, after]) => before ?? after ?? '')
    .filter((key) => leaves.has(key) && !paths.includes(`mediaRoutingDomains[].${key}`))
  return [...dotted, ...ofMrd]
}

it('a wrong citation is found', () => {
  expect(misplaced("within the MRD's `transferTimeoutSeconds`")).toEqual(['transferTimeoutSeconds'])
  expect(misplaced('`transferTimeoutSeconds` of its MRD')).toEqual(['transferTimeoutSeconds'])
  expect(misplaced('`settings.startTimeoutSeconds`')).toEqual(['settings.startTimeoutSeconds'])
  expect(
    misplaced("`settings.transferTimeoutSeconds`, the MRD's `startTimeoutSeconds`, `settings.wrapUpSeconds`"),
  ).toEqual([])
})

it('no document cites a key where it is not', () => {
  const documents = globSync(['README.md', '{src,machines}/**/*.md', '{src,machines}/**/*.ts'], { cwd: ROOT })
  expect(documents.length).toBeGreaterThan(100)
  const wrong = documents.flatMap((file) =>
    misplaced(readFileSync(join(ROOT, file), 'utf8').replaceAll(/\n\s*\*?\s*/g, ' ')).map((key) => `${file}: ${key}`),
  )
  expect(wrong).toEqual([])
})
