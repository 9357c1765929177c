/** A directory file that is cut off is refused or loses few users, wherever the cut is. */
import { execFileSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readDirectoryFile } from '../../src/directory/file.ts'
import { DirectoryError, loadDirectory, parseDirectory, RemovalsNotConfirmed } from '../../src/directory/index.ts'
import { limitRemovals } from '../../src/directory/removals.ts'

const SAMPLE = await readFile(fileURLToPath(new URL('../../src/directory/sample.yaml', import.meta.url)), 'utf8')
const UNMARKED = SAMPLE.replace(/\.\.\.\n$/, '')
const USERS = parseDirectory(SAMPLE, 'sample').directory.users.map(({ id }) => id)

const folder = await mkdtemp(join(tmpdir(), 'mrdian-cut-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The text cut at the end of each line, around it, and within the line. */
function cutsOf(text: string): readonly string[] {
  const places = new Set<number>()
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start))
    for (const at of [end, end + 1, Math.floor((start + end) / 2), end - 1, start + 2]) places.add(at)
  return [...places].filter((at) => at >= 0 && at < text.length).map((at) => text.slice(0, at))
}

/** The directory that a cut leaves; `undefined` when the rest is not valid. */
function leftBy(cut: string) {
  try {
    return parseDirectory(cut, 'cut')
  } catch (error) {
    if (error instanceof DirectoryError) return undefined
    throw error
  }
}

describe('a file that ends with "..."', () => {
  it('is known to be complete, and not any more when its end is missing', () => {
    expect(parseDirectory(SAMPLE, 'sample').hasEndMark).toBe(true)
    const taken = cutsOf(SAMPLE).filter((cut) => leftBy(cut)?.hasEndMark)
    // Only the line break after the mark may be missing.
    expect(taken).toEqual([SAMPLE.slice(0, -1)])
  })

  it('is refused without the mark when the mark is required', async () => {
    const file = join(folder, 'marked.yaml')
    await writeFile(file, SAMPLE)
    expect((await loadDirectory(file, { endMark: true })).directory.users).toHaveLength(7)
    await writeFile(file, UNMARKED)
    await expect(loadDirectory(file, { endMark: true })).rejects.toThrow(
      `${file} does not end with its end mark, a last line of "...": it seems to be cut off`,
    )
    expect((await loadDirectory(file)).hasEndMark).toBe(false)
  })
})

describe('a file without a mark', () => {
  it('never loses more than the limit of removals by a cut', () => {
    const lost = cutsOf(UNMARKED).flatMap((cut) => {
      const left = leftBy(cut)
      if (left === undefined) return []
      try {
        limitRemovals(USERS, left.directory)
        return [USERS.length - left.directory.users.length]
      } catch (error) {
        expect(error).toBeInstanceOf(RemovalsNotConfirmed)
        return []
      }
    })
    expect(lost.length).toBeGreaterThan(0)
    expect(Math.max(...lost)).toBeLessThanOrEqual(2)
  })
})

describe('the limit of removals', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `u${n}`)
  const after = (count: number) => ({ users: ids(count).map((id) => ({ id })) })
  it.each([
    ['allows two of three', 3, 1, undefined, false],
    ['refuses three of seven', 7, 4, undefined, true],
    ['allows a tenth of a hundred', 100, 90, undefined, false],
    ['refuses more than a tenth of a hundred', 100, 89, undefined, true],
    ['refuses all', 100, 0, undefined, true],
    ['allows none of none', 0, 0, undefined, false],
    ['allows all with a limit of all', 100, 0, { share: 1, users: 0 }, false],
    ['refuses one with a limit of none', 100, 99, { share: 0, users: 0 }, true],
  ])('%s', (_what, before, left, limit, refused) => {
    const check = () => limitRemovals(ids(before), after(left), limit)
    if (refused) expect(check).toThrow(`leaves out ${before - left} of ${before} users`)
    else expect(check).not.toThrow()
  })

  it('counts removed users also when others are added', () => {
    const others = Array.from({ length: 50 }, (_, n) => ({ id: `new${n}` }))
    expect(() => limitRemovals(ids(10), { users: others })).toThrow('leaves out 10 of 10 users')
  })
})

describe('a file that changes while it is read', () => {
  const half = SAMPLE.slice(0, SAMPLE.indexOf('users:'))

  it.each([
    ['written to its end', (file: string) => appendFile(file, SAMPLE.slice(half.length))],
    ['overwritten', (file: string) => writeFile(file, SAMPLE)],
    [
      'replaced by another one',
      async (file: string) => {
        await writeFile(`${file}.new`, SAMPLE)
        await rename(`${file}.new`, file)
      },
    ],
  ])('%s: it is read again', async (_how, change) => {
    const file = join(folder, 'changing.yaml')
    await writeFile(file, half)
    let reads = 0
    const text = await readDirectoryFile(file, {
      content: async (opened) => {
        const bytes = await opened.readFile()
        reads += 1
        if (reads === 1) await change(file)
        return bytes
      },
    })
    expect({ reads, text }).toEqual({ reads: 2, text: SAMPLE })
  })

  it('is refused when it keeps changing', async () => {
    const file = join(folder, 'restless.yaml')
    await writeFile(file, half)
    const content = async () => {
      await appendFile(file, '# more\n')
      return Buffer.from(half)
    }
    await expect(readDirectoryFile(file, { content })).rejects.toThrow(`${file} keeps changing while it is read`)
  })
})

describe('a file is refused', () => {
  it('when it is a named pipe, without waiting for a writer', async () => {
    const file = join(folder, 'pipe')
    execFileSync('mkfifo', [file])
    await expect(loadDirectory(file)).rejects.toThrow(`${file} is not a regular file`)
  })

  it('when it is a folder or a device', async () => {
    await expect(loadDirectory(folder)).rejects.toThrow(`${folder} is not a regular file`)
    await expect(loadDirectory('/dev/zero')).rejects.toThrow('/dev/zero is not a regular file')
  })

  it('when it is too large, without being read', async () => {
    const file = join(folder, 'large.yaml')
    await writeFile(file, SAMPLE)
    const content = () => Promise.reject(new Error('it was read'))
    await expect(readDirectoryFile(file, { content, maxBytes: 100 })).rejects.toThrow(
      `${file} is too large: ${SAMPLE.length} bytes, but at most 100 are accepted`,
    )
  })

  it('when it ends within a character', async () => {
    const file = join(folder, 'latin.yaml')
    await writeFile(file, Buffer.concat([Buffer.from(SAMPLE), Buffer.from([0xc3])]))
    await expect(loadDirectory(file)).rejects.toThrow(`${file} is not text in UTF-8`)
  })
})
