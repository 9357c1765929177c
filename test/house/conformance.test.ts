/** The suite for any server knows nothing of the product: neither its files nor what they import are in `src`. */
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SUITE = 'test/conformance/any-server/main.ts'

/** Imports of values and of types. */
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'(\.[^']+)'|import\('(\.[^']+)'\)/g

const importsIn = (text: string, file: string): readonly string[] =>
  [...text.matchAll(IMPORT)].map(([, named, dynamic]) =>
    relative(ROOT, resolve(ROOT, file, '..', named ?? dynamic ?? '')),
  )

/** The file, and all that it imports, each with the file that names it first. */
function reached(first: string): ReadonlyMap<string, string> {
  const found = new Map([[first, '']])
  for (const file of found.keys())
    for (const name of importsIn(readFileSync(join(ROOT, file), 'utf8'), file))
      if (!found.has(name)) found.set(name, file)
  return found
}

it('the suite for any server imports nothing from src', () => {
  const files = [...reached(SUITE)]
  expect(files.map(([file]) => file)).toContain('test/conformance/rows/a.rows.ts')
  const wrong = files.filter(([file]) => file.startsWith('src/')).map(([file, by]) => `${by} imports ${file}`)
  expect(wrong).toEqual([])
})

it('imports are found in every form', () => {
  const text =
    "import type { A } from '../../src/a.ts'\nexport * from '../../src/b.ts'\nawait import('../../src/c.ts')\n"
  expect(importsIn(text, 'test/house/x.ts')).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts'])
})
