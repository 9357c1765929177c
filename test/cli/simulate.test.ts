/**
 * `mrdian simulate`, run as a process.
 *
 * Slow, 20 s: every test starts the program, most of them several times. More in `npm run test:whole`.
 */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { leafOf, View } from '../inspect/stage.ts'
import { isWhole } from '../suite/extent.ts'
import { run, start, temporary } from './process.ts'

const FAILING = `version: 1
title: T
duration: 5m
agents: [{ name: a, users: ["1001"], media: { "5001": {} } }]
expect:
  - { at: 1m, user: "1001", mrd: "5001", state: READY }
  - { at: 1m, user: "1001", mrd: "5001", state: ACTIVE }
`

it('prints a summary; the speed is printed to standard error', async () => {
  const { code, out, err } = await run(['simulate', 'interrupt'])
  expect(code).toBe(0)
  expect(out).toMatch(/^A chat interrupts an e-mail\n21m, 1 agents, 2 contacts, seed 1\n/)
  expect(out).toMatch(/\nEmail 5001 +17m +0s +3m +0s/)
  expect(out).toContain('Expectations: 13 of 13 held')
  expect(out).not.toContain('real time')
  expect(err).toMatch(/^mrdian: interrupt: 2 contacts in [\d.]+ s, \d+ x real time\n$/)
})

it.runIf(isWhole)('prints the same JSON for the same seed', async () => {
  const [first, again] = [
    await run(['simulate', 'start-timeout', '--json', '--quiet', '--seed', '7']),
    await run(['simulate', 'start-timeout', '--json', '--quiet', '--seed', '7']),
  ]
  expect(again.out).toBe(first.out)
  expect(JSON.parse(first.out)).toMatchObject({ format: 1, seed: 7, counts: { contacts: 1 } })
  expect(first.err).toBe('')
})

it('exits with 1 when an expectation does not hold, and names its line', async () => {
  const file = join(await temporary(), 'failing.yaml')
  await writeFile(file, FAILING)
  const { code, out, err } = await run(['simulate', file, '--quiet'])
  expect(code).toBe(1)
  expect(out).toContain(
    `Expectations: 1 of 2 held\n${file}:7 1m: user 1001 in MRD 5001 is ACTIVE: found READY, routable`,
  )
  expect(err).toContain(`${file}:7 does not hold`)
})

it.runIf(isWhole)('refuses wrong files, names and flags with a reason', async () => {
  const folder = await temporary()
  const file = join(folder, 'wrong.yaml')
  await writeFile(file, FAILING.replace('title: T', 'titel: T'))
  const wrong = await run(['simulate', file])
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain(`${file}:2:1 titel: unknown key`)
  expect(await run(['simulate', 'interupt'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean interrupt?'),
  })
  const nowhere = join(folder, 'nowhere', 'report.html')
  expect(await run(['simulate', 'interrupt', '--html', nowhere])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('there is no folder'),
  })
  expect((await run(['simulate', 'interrupt', '--replications', '0'])).code).toBe(2)
  expect((await run(['simulate', 'interrupt', 'failover'])).err).toContain('several scenarios need --compare')
  expect((await run(['simulate', 'interrupt', '--journal', file])).err).toContain('exists already')
  expect((await run(['simulate', 'interrupt', '--step'])).err).toContain('--step needs a terminal')
})

it('--list prints the scenarios of the package, with a line each', async () => {
  const { out } = await run(['simulate', '--list'])
  expect(out).toMatch(/^interrupt +A chat interrupts an e-mail$/m)
  expect(out).toMatch(/^failover +Side A fails/m)
})

it.runIf(isWhole)('--journal keeps the journal, which replays without a difference', async () => {
  const folder = await temporary()
  const file = join(folder, 'kept.db')
  expect((await run(['simulate', 'crash-and-grace', '--journal', file])).code).toBe(0)
  const replayed = await run(['replay', file])
  expect(replayed.out).toContain('no difference')
  expect(replayed.code).toBe(0)
  const report = await run(['report', file, '--from', '2026-01-05T08:00Z', '--interval', '60', '--csv'])
  expect(report.code).toBe(0)
  const rows = report.out.split(/\r?\n/)
  expect(rows[0]).toBe('interval,minutes,agent,queue,name,figure,value,unit,cisco')
  expect(rows).toContain('2026-01-05T08:00:00.000Z,60,,5001,Email,offered,3,,CallsOffered')
  expect(rows.some((row) => /,1001,5001,Email,ACTIVE,[\d.]+,s,TalkInTime$/.test(row))).toBe(true)
})

it('--compare prints only what differs; --html and --csv have all of it', async () => {
  const folder = await temporary()
  const [file, table] = [join(folder, 'report.html'), join(folder, 'figures.csv')]
  const pair = ['simulate', '--compare', 'interrupt', 'interrupt-ignore', '--quiet', '--replications', '2']
  const { code, out } = await run([...pair, '--html', file, '--csv', table])
  expect(code).toBe(0)
  expect(out).toMatch(/^Email 5001: time on task +17m .* 20m .*\+3m .* different$/m)
  expect(out).not.toContain('Chat 5002: handled')
  const rows = (await readFile(table, 'utf8')).split('\r\n')
  expect(rows).toContain(
    'interrupt-ignore,work/5001/active,Email 5001: time on task,ms,2,1200000,1200000,1200000,180000,180000,180000,different,,,',
  )
  expect(rows.filter((row) => row.startsWith('interrupt,')).length).toBeGreaterThan(15)
  expect((await readFile(file, 'utf8')).slice(0, 15).toLowerCase()).toBe('<!doctype html>')
})

it.runIf(isWhole)('--inspect serves the viewer and does not change the result', async () => {
  const plain = await run(['simulate', 'interrupt', '--json', '--quiet'])
  const { child, ended } = start(['simulate', 'interrupt', '--json', '--quiet', '--inspect'])
  const [line] = await once(createInterface({ input: child.stderr }), 'line')
  const link = new URL(line.replace('mrdian: ', ''))
  const headers = { authorization: `Bearer ${link.hash.replace('#ticket=', '')}` }
  const admission = await fetch(`${link.origin}/inspect/tickets`, { method: 'POST', headers })
  const { ticket } = JSON.parse(await admission.text())
  const view = await View.open(`ws://${link.host}/inspect/stream?format=mrdian&ticket=${ticket}`, {})
  await view.until(
    (frame) =>
      frame.type === '@xstate.snapshot' &&
      frame.mrdian.actor.kind === 'media' &&
      leafOf(frame.snapshot.value) === 'INTERRUPTED',
  )
  await view.close()
  expect(await ended).toMatchObject({ code: 0, out: plain.out })
})
