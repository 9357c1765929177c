/** Scripts of pages that are kept from one start to the next. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { kept } from '../../src/pages/kept.ts'

let folder: string
let file: string
let made: string[]

/** Writes the file, long ago: what is changed while a script is made is not kept. */
async function has(text: string): Promise<void> {
  await writeFile(file, text)
  await utimes(file, 1, 1)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-kept-'))
  file = join(folder, 'module.ts')
  made = []
  await has('1')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Asks for the script of an entry. If it is made, it is `script`. */
const asks = (script: string, entry = 'index.ts', meanwhile?: () => Promise<void>) =>
  kept(
    pathToFileURL(join(folder, entry)),
    async (files) => {
      files.add(file)
      made.push(script)
      await meanwhile?.()
      return script
    },
    join(folder, 'kept'),
  )

it('a script is made once for the same files, and each entry has its own', async () => {
  expect([await asks('a'), await asks('b'), await asks('c', 'other.ts'), await asks('d')]).toEqual(['a', 'a', 'c', 'a'])
  expect(made).toEqual(['a', 'c'])
})

it('a script is made again when a file was changed or removed, and the old one is deleted', async () => {
  await asks('a')
  await has('2')
  expect([await asks('b'), await asks('c')]).toEqual(['b', 'b'])
  const names = await readdir(join(folder, 'kept'), { recursive: true })
  expect(names.filter((name) => name.endsWith('.js'))).toHaveLength(1)
  await rm(file)
  expect([await asks('d'), await asks('e')]).toEqual(['d', 'e'])
})

it('a script is not kept when a file was changed while it was made', async () => {
  expect(await asks('a', 'index.ts', () => writeFile(file, '2'))).toBe('a')
  await has('2')
  expect(await asks('b')).toBe('b')
})

it('a script is made where nothing can be kept', async () => {
  await writeFile(join(folder, 'kept'), 'a file where the folder has to be')
  expect([await asks('a'), await asks('b')]).toEqual(['a', 'b'])
})

it('an error is not kept', async () => {
  await expect(asks('a', 'index.ts', () => Promise.reject(new Error('no bundler')))).rejects.toThrow('no bundler')
  expect(await asks('b')).toBe('b')
})
