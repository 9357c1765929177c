/**
 * A crash at every fifth point of a rich day; `npm run crash -- --points` tries each.
 *
 * Slow, 36 s: a day is played again for every fifth point at which a crash can happen.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { Day, type Strides } from './crashes.ts'

/** Odd, so that both sides of a commit are met. */
const SOME: Strides = { single: 5, goesOn: 35, double: 75, file: 199 }

const loaded = await loadDirectory()
const folder = mkdtempSync(join(tmpdir(), 'mrdian-inject-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { name: 'the built-in ACD', external: false },
  { name: 'an ACD outside', external: true },
])('with $name', async ({ external }) => {
  const day = await Day.play({ loaded, external }, folder)

  it('the day is rich', () => {
    const { counts } = day.reference
    expect(counts.commit).toBeGreaterThan(60)
    expect(counts.send).toBeGreaterThan(60)
    expect(counts.record).toBeGreaterThan(2)
  })

  it('a crash loses nothing, repeats with the old id, and offers nothing twice', async () => {
    expect(await day.single(SOME)).toEqual([])
  })

  it('one or two more crashes while it recovers are no different, whether clients come back in between or not', async () => {
    expect(await day.double(SOME)).toEqual([])
  })

  it('a data file says the same as a store in memory', async () => {
    expect(await day.onFiles(SOME)).toEqual([])
  })
})
