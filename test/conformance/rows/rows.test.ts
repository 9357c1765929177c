/**
 * Every row of `media 12` and `user 5.2`, and rows of `dialog 6`, in one test file, so that the last tests know which rows were
 * tested.
 *
 * `vitest run test/conformance/rows -t 'A13'` runs the tests of a row; `UPDATE_ROWS=1` writes the table
 * in `src/rest/README.md`.
 *
 * Slow, 40 s: every test has a server of its own, because a row is about all that has happened on a server.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ROWS } from './catalogue.ts'
import { defineInVitest } from './in-vitest.ts'
import { listedRows } from './registry.ts'
import { SECTIONS } from './sections.ts'
import { rowTable, withTable } from './table.ts'

const README = new URL('../../../src/rest/README.md', import.meta.url)

const passed = defineInVitest()

for (const [title, define] of SECTIONS) describe(title, define)

// These have to be the last tests, because they check which tests ran.
describe('every row', () => {
  it('has a test that ran, asserted and passed, or a reason why it cannot have one', () => {
    const held = new Set(passed.flatMap(({ rows }) => rows))
    expect(ROWS.filter(({ id, tested }) => tested && !held.has(id)).map(({ id }) => id)).toEqual([])
    expect(ROWS.filter(({ id, tested }) => !tested && held.has(id)).map(({ id }) => id)).toEqual([])
  })

  it('that a test names is in the catalogue once, with a reason if its verdict is not "supported"', () => {
    const known = ROWS.map(({ id }) => id)
    expect(new Set(known).size).toBe(known.length)
    expect(listedRows().flatMap(({ rows }) => rows.filter((id) => !known.includes(id)))).toEqual([])
    expect(ROWS.filter(({ verdict, reason }) => (verdict === 'supported') !== (reason === ''))).toEqual([])
  })

  it('is in the README of src/rest with its tests (UPDATE_ROWS=1 writes the table)', async () => {
    const readme = await readFile(README, 'utf8')
    const fresh = withTable(readme, rowTable())
    if (process.env.UPDATE_ROWS === '1') await writeFile(README, fresh)
    else expect(readme).toBe(fresh)
  })
})
