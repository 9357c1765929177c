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
import { aRows } from './a.rows.ts'
import { ROWS } from './catalogue.ts'
import { ccxRows } from './ccx.rows.ts'
import { ccxCallRows } from './ccx-calls.rows.ts'
import { dRows } from './d.rows.ts'
import { iRows } from './i.rows.ts'
import { defineInVitest } from './in-vitest.ts'
import { inboundRows } from './inbound.rows.ts'
import { mobileRows } from './mobile.rows.ts'
import { pRows } from './p.rows.ts'
import { rRows } from './r.rows.ts'
import { listedRows } from './registry.ts'
import { ruleRows } from './rules.rows.ts'
import { sRows } from './s.rows.ts'
import { sideRows } from './sides.rows.ts'
import { rowTable, withTable } from './table.ts'
import { uRows } from './u.rows.ts'
import { vRows } from './v.rows.ts'
import { campaignRows } from './v-campaigns.rows.ts'
import { vJoinRows } from './v-joins.rows.ts'
import { monitorRows } from './v-monitor.rows.ts'
import { outgoingRows } from './v-outgoing.rows.ts'
import { queueRows } from './v-queues.rows.ts'
import { singleStepRows } from './v-single-step.rows.ts'
import { wrapUpRows } from './wrap-up.rows.ts'

const README = new URL('../../../src/rest/README.md', import.meta.url)

const passed = defineInVitest()

describe('12.1 agent state', aRows)
describe('12.2 dialog', dRows)
describe('12.3 interrupts', iRows)
describe('12.4 Start Timeout', rRows)
describe('12.5 sign-out', sRows)
describe('12.6 presence loss and failures', pRows)
describe('12.6, 13 two sides', sideRows)
describe('4 and 6: rules and errors', ruleRows)
describe('inbound calls (dialog 6)', inboundRows)
describe('calls (dialog 6)', vRows)
describe('calls that agents make (dialog 6.2)', outgoingRows)
describe('calls that agents make to queues (dialog 6.2, 6.4)', queueRows)
describe('calls that are joined (dialog 6.4 to 6.7)', vJoinRows)
describe('transfers to a number (dialog 6.6)', singleStepRows)
describe('supervisors who listen and barge in (dialog 6.8)', monitorRows)
describe('CCX (user 5.4, dialog)', ccxRows)
describe('calls on CCX (dialog)', ccxCallRows)
describe('mobile agents (user 7)', mobileRows)
describe('campaigns (dialog 5, 6.10)', campaignRows)
describe('the user around calls (user 5)', uRows)
describe('wrap-up (user 5.6)', wrapUpRows)

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
