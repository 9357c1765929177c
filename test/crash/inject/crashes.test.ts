/**
 * A crash at every 21st point of a full day, at every ninth in `npm run test:whole`; `npm run crash -- --points` tries
 * every point.
 *
 * Slow, 8 s: a day is played again for every 21st point at which a crash can happen.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { extent } from '../../suite/extent.ts'
import { Day, type Strides } from './crashes.ts'

/** Odd numbers, so that points before and points after a commit are tried. */
const SOME: Strides = extent(
  { single: 21, goesOn: 147, double: 315, file: 463 },
  { single: 9, goesOn: 63, double: 135, file: 199 },
)

const loaded = await loadDirectory()
const folder = mkdtempSync(join(tmpdir(), 'mrdian-inject-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { name: 'the built-in ACD', external: false },
  { name: 'an external ACD', external: true },
])('with $name', async ({ external }) => {
  const day = await Day.play({ loaded, external }, folder)

  it('the day has many commits, sends and records', () => {
    const { counts } = day.reference
    expect(counts.commit).toBeGreaterThan(60)
    expect(counts.send).toBeGreaterThan(60)
    expect(counts.record).toBeGreaterThan(2)
  })

  it('a crash loses nothing, offers nothing twice, and repeated notifications have their old ids', async () => {
    expect(await day.single(SOME)).toEqual([])
  })

  it('so do one or two more crashes during the recovery, whether clients reconnect in between or not', async () => {
    expect(await day.double(SOME)).toEqual([])
  })

  it('so does a crash with a data file', async () => {
    expect(await day.onFiles(SOME)).toEqual([])
  })
})
