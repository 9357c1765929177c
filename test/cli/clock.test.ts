/**
 * A server whose wall clock is set while it runs, and between two runs. Debian's faketime changes the wall clock by a
 * file and leaves the monotonic clock alone.
 *
 * Slow, 15 s: a Start Timeout passes in real time, twice.
 */
import { spawnSync } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { PATIENCE } from '../suite/patience.ts'
import { type Running, serve, temporary } from './process.ts'

const SAMPLE = resolve(import.meta.dirname, '../../src/directory/sample.yaml')
const CHAT = '5002'
const DAY = 86_400_000

/** The library of faketime. The program itself is not used because it would be a process between test and server. */
const library = /^LD_PRELOAD=(.+)$/m.exec(
  spawnSync('faketime', ['-m', '-f', '+0', 'env'], { encoding: 'utf8' }).stdout,
)?.[1]
const isMissing = library === undefined && !process.env.CI

const admin = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }
const agent = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }
const tasks = z.array(z.object({ id: z.string(), state: z.string() }))

const media = (server: Running, state: string, more = '') =>
  fetch(`${server.base}/finesse/api/User/1001/Media/${CHAT}`, {
    method: 'PUT',
    headers: agent,
    body: `<Media><state>${state}</state>${more}</Media>`,
  })
const submit = (server: Running) =>
  fetch(`${server.base}/acd/tasks`, {
    method: 'POST',
    headers: admin,
    body: JSON.stringify({ scriptSelector: 'chat_sales' }),
  })
const states = async (server: Running) => {
  const answer = await fetch(`${server.base}/acd/tasks`, { headers: admin })
  return tasks.parse(await answer.json()).map(({ state }) => state)
}
/** The times that clients see: `stateChangeTime` of the medium and `currentTimestamp` of the system. */
async function times(server: Running): Promise<readonly number[]> {
  const text = async (path: string) => (await fetch(`${server.base}/finesse/api/${path}`, { headers: agent })).text()
  const documents = `${await text(`User/1001/Media/${CHAT}`)}${await text('SystemInfo')}`
  return [...documents.matchAll(/<(?:stateChangeTime|currentTimestamp)>([^<]+)</g)].map(([, time = '']) =>
    Date.parse(time),
  )
}

describe.skipIf(isMissing)('a wall clock that is set (needs faketime)', () => {
  it('moves no deadline while the server runs; a restart takes the new time and keeps the remaining time', async () => {
    const folder = await temporary()
    const directory = join(folder, 'agents.yaml')
    const sample = await readFile(SAMPLE, 'utf8')
    await writeFile(directory, sample.replace('startTimeoutSeconds: 30', 'startTimeoutSeconds: 4'))
    const file = join(folder, 'time')
    const wall = async (offset: string) => {
      await writeFile(`${file}.new`, offset)
      await rename(`${file}.new`, file)
    }
    const env = {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
    const begin = () => serve(['--directory', directory, '--data', join(folder, 'state.db')], env)

    await wall('+0')
    const first = await begin()
    await media(first, 'LOGIN', '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>')
    await media(first, 'READY')
    await submit(first)
    expect(await states(first)).toEqual(['reserved'])
    await wall('-1h')
    await first.line('the wall clock was set')
    await vi.waitFor(async () => expect(await states(first)).toEqual(['resubmitted', 'queued']), PATIENCE)

    await wall('+400d')
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${first.base}/metrics`)).text()
      expect(metrics).toContain('mrdian_clock_steps_total 2')
    }, PATIENCE)
    await media(first, 'NOT_READY')
    await media(first, 'READY')
    await wall('-1h')
    expect(await states(first)).toEqual(['resubmitted', 'reserved'])
    const seen = await times(first)
    expect(seen).toHaveLength(2)
    for (const time of seen) expect(Math.abs(time - Date.now())).toBeLessThan(DAY / 24 / 2)
    await first.end('SIGKILL')

    const second = await begin()
    expect(await second.line('behind the last entry of the journal')).toContain('"seconds":3')
    await vi.waitFor(
      async () => expect(await states(second)).toEqual(['resubmitted', 'resubmitted', 'queued']),
      PATIENCE,
    )
    for (const time of await times(second)) expect(Math.abs(time - Date.now() + DAY / 24)).toBeLessThan(DAY / 24 / 2)
    expect((await second.end()).code).toBe(0)
  })
})
