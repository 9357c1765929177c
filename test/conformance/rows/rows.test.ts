/**
 * Every row of `media 12`, and rows of `dialog 6`, in one test file, so that the last tests can look back at which rows were held.
 *
 * `vitest run test/conformance/rows -t 'A13'` runs the tests of a row; `UPDATE_ROWS=1` writes the table of
 * `src/rest/README.md` anew.
 *
 * Slow, 40 s: every test has a server of its own, since what a row is about is all that has happened to it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { aRows } from './a.rows.ts'
import { ROWS } from './catalogue.ts'
import { dRows } from './d.rows.ts'
import { iRows } from './i.rows.ts'
import { pRows } from './p.rows.ts'
import { rRows } from './r.rows.ts'
import { heldRows, listedRows } from './registry.ts'
import { ruleRows } from './rules.rows.ts'
import { sRows } from './s.rows.ts'
import { sideRows } from './sides.rows.ts'
import { rowTable, withTable } from './table.ts'
import { vRows } from './v.rows.ts'

const README = new URL('../../../src/rest/README.md', import.meta.url)

describe('12.1 agent state', aRows)
describe('12.2 dialog', dRows)
describe('12.3 interrupts', iRows)
describe('12.4 Start Timeout', rRows)
describe('12.5 sign-out', sRows)
describe('12.6 presence loss and failures', pRows)
describe('12.6, 13 two sides', sideRows)
describe('4 and 6: rules and errors', ruleRows)
describe('calls (dialog 6)', vRows)

// Last, on purpose: they look at what ran before them.
describe('every row', () => {
  it('has a test that ran, asserted and passed, or a reason why it cannot have one', () => {
    const held = new Set(heldRows().flatMap(({ rows }) => rows))
    expect(ROWS.filter(({ id, tested }) => tested && !held.has(id)).map(({ id }) => id)).toEqual([])
    expect(ROWS.filter(({ id, tested }) => !tested && held.has(id)).map(({ id }) => id)).toEqual([])
  })

  it('that a test names stands in the catalogue, once, with a reason where it is not simply supported', () => {
    const known = ROWS.map(({ id }) => id)
    expect(new Set(known).size).toBe(known.length)
    expect(listedRows().flatMap(({ rows }) => rows.filter((id) => !known.includes(id)))).toEqual([])
    expect(ROWS.filter(({ verdict, reason }) => (verdict === 'supported') !== (reason === ''))).toEqual([])
  })

  it('stands in the README of src/rest as the tests show it (UPDATE_ROWS=1 writes it)', async () => {
    const readme = await readFile(README, 'utf8')
    const fresh = withTable(readme, rowTable())
    if (process.env.UPDATE_ROWS === '1') await writeFile(README, fresh)
    else expect(readme).toBe(fresh)
  })
})
