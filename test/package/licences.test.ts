/** No library is bundled into the package without its licence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { licencesOf } from '../../src/build/licences.ts'

/** A module of a library with these files. */
function library(name: string, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'mrdian-licences-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'node_modules', name)
  mkdirSync(join(folder, 'lib'), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  // Such a manifest gives only the type of the modules; it is not the manifest of a library.
  writeFileSync(join(folder, 'lib', 'package.json'), '{"type":"module"}')
  return join(folder, 'lib', 'index.js')
}

const manifest = (name: string, more: object = {}) => JSON.stringify({ name, version: '1.2.3', ...more })

it('lists each library once, sorted by name, with its licence, and not the modules of the product', () => {
  const b = library('b', {
    'package.json': manifest('b', { license: 'MIT' }),
    'LICENSE.md': 'Text of b.\n',
    'a.js': '',
  })
  const a = library('a', { 'package.json': manifest('a', { license: 'ISC' }) })
  const text = licencesOf(new Set([b, b.replace('index', 'other'), `\0${a}?commonjs`, '/src/build.ts']))
  const [, ...parts] = text.split(`${'='.repeat(80)}\n`)
  expect(parts).toEqual(['a 1.2.3\n\nLicence: ISC\n\n', 'b 1.2.3\n\nLicence: MIT\n\nText of b.\n'])
})

it('a library without a licence is refused', () => {
  const module = library('c', { 'package.json': manifest('c') })
  expect(() => licencesOf(new Set([module]))).toThrow('says nothing of its licence')
})
