/**
 * `GET /acd/explain` and the command line give the same answer, while the server runs. More of it in `npm run test:whole`.
 */

import { join } from 'node:path'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAccounts } from '../../../src/accounts/index.ts'
import { acdControl } from '../../../src/acd/index.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Explanation } from '../../../src/history/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { type Running, run, serve, temporary } from '../../cli/process.ts'
import { isWhole } from '../../suite/extent.ts'
import { CHAT, Day } from './stage.ts'

const ADMIN = `Basic ${Buffer.from('admin:secret').toString('base64')}`
const AGENT = `Basic ${Buffer.from('1001:secret').toString('base64')}`

const states = z.object({
  at: z.number(),
  keptFrom: z.null(),
  states: z.array(z.object({ name: z.string(), state: z.string(), reasons: z.array(z.unknown()) })),
})

describe('GET /acd/explain/{user}', () => {
  let day: Day
  let base = ''
  let close: () => Promise<void> = async () => undefined
  beforeAll(async () => {
    day = await Day.begin()
    await day.signIn()
    await day.ready(CHAT)
    await day.start(CHAT)
    ;({ base, close } = await listening(day))
  })
  afterAll(() => close())

  const get = (path: string, headers: Readonly<Record<string, string>> = { authorization: ADMIN }) =>
    fetch(`${base}/acd/explain/${path}`, { headers })

  it('answers with the result of `explain` as JSON', async () => {
    const response = await get('1001')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(await day.why({ now: day.now }))))
  })

  it('answers as text when the client accepts text', async () => {
    const response = await get('1001?mrd=5002', { authorization: ADMIN, accept: 'text/plain' })
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe(await day.text({ now: day.now, mrd: CHAT }))
    const either = await get('1001', { authorization: ADMIN, accept: 'application/json, text/plain, */*' })
    expect(either.headers.get('content-type')).toContain('application/json')
  })

  it('accepts times, a dialog and a limit, and shows personal data on request', async () => {
    const at = new Date(day.now).toISOString()
    const dialog = day.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id ?? ''
    const response = await get(`1001?from=${day.now - 1000}&to=${at}&dialog=${dialog}&limit=1&personal=true`)
    const json = await response.text()
    expect(response.status).toBe(200)
    expect(JSON.parse(json)).toEqual(
      JSON.parse(
        JSON.stringify(await day.why({ from: day.now - 1000, to: day.now, dialog, limit: 1, personal: true })),
      ),
    )
    expect(json).toContain('room 7')
    expect(await (await get('1001')).text()).not.toContain('room 7')
  })

  it.each(['now', '0s ago', '10:40', '10:40:00.000'])(
    'accepts %s like the commands, by the time of the engine',
    async (at) => {
      const explanation: Explanation = JSON.parse(await (await get(`1001?at=${encodeURIComponent(at)}`)).text())
      expect(explanation.at).toBe(day.now)
    },
  )

  it.each([
    ['4711', 404, 'NOT_FOUND', '4711'],
    ['1001?mrd=77', 404, 'NOT_FOUND', '77'],
    ['1001?dialog=5_1001_5002', 404, 'NOT_FOUND', '5_1001_5002'],
    ['1001?at=12345', 404, 'NOT_KEPT', 'at'],
    ['1001?at=noon', 400, 'INVALID_PARAMETER', 'at'],
    ['1001?at=2099-01-01T00:00:00Z', 400, 'INVALID_PARAMETER', 'at'],
    ['1001?limit=5000', 400, 'INVALID_PARAMETER', 'limit'],
    ['1001?when=now', 400, 'UNKNOWN_PARAMETER', 'when'],
  ])('%s is refused with %i %s', async (path, status, error, about) => {
    const response = await get(path)
    expect([response.status, await response.json()]).toEqual([status, { error, about, message: expect.any(String) }])
  })

  it('is for administrators only', async () => {
    expect((await get('1001', {})).status).toBe(401)
    expect((await get('1001', { authorization: AGENT })).status).toBe(403)
  })

  it('is refused with NO_HISTORY when the store keeps only the present', async () => {
    const forgetful = await Day.begin({ store: memoryStore() })
    const server = await listening(forgetful)
    const response = await fetch(`${server.base}/acd/explain/1001`, { headers: { authorization: ADMIN } })
    expect(response.status).toBe(501)
    expect(await response.json()).toMatchObject({ error: 'NO_HISTORY' })
    await server.close()
  })

  it('lets other requests run in between when there is much to read', async () => {
    const busy = await Day.begin()
    await busy.signIn()
    for (let count = 0; count < 2000; count += 1) {
      await busy.presence(count % 2 === 0)
      if (count % 50 === 0) await busy.pass(1)
    }
    const server = await listening(busy)
    let turns = 0
    let isDone = false
    const count = () => {
      turns += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const response = await fetch(`${server.base}/acd/explain/1001?from=0`, { headers: { authorization: ADMIN } })
    const answer: unknown = await response.json()
    isDone = true
    expect(answer).toMatchObject({ timeline: { episodes: { length: 200 } } })
    expect(turns).toBeGreaterThan(3)
    await server.close()
  })
})

async function listening(day: Day) {
  const { directory, credentials } = await loadDirectory()
  const accounts = createAccounts({ credentials, lockout: directory.settings.lockout, now: () => day.now })
  const app = fastify()
  await app.register(acdControl, { engine: day.engine, accounts })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    base,
    close: async () => {
      await app.close()
      await day.engine.close()
    },
  }
}

describe('mrdian explain', () => {
  it('answers while a server runs and after its end, and gives the same answer', async () => {
    const data = join(await temporary(), 'state.db')
    const server = await serve(['--data', data])
    await story(server)
    const from = Date.now() - 60_000

    const text = await run(['explain', '1001', '--data', data, '--mrd', CHAT])
    expect([text.code, text.err]).toEqual([0, ''])
    expect(text.out).toContain('agent 1001 (Ana Reyes) is RESERVED in Chat (5002), since ')
    expect(text.out).toContain('A dialog is offered, and there is no other: dialog 1000_1001_5002 (media 4.2, A10).')
    expect(text.out).toContain('task 5002-1, by administrator admin through /acd')
    expect(text.out).toContain(
      'sign-in to Chat (5002) with interruptAction ACCEPT, dialogLogoutAction CLOSE, at most 3 dialogs, by agent 1001 over REST',
    )
    expect(text.out).not.toContain('a secret')

    const at = Date.now()
    const told = await run([
      'explain',
      '1001',
      '--data',
      data,
      '--from',
      String(from),
      '--to',
      String(at),
      '--json',
      '--personal',
    ])
    expect(states.parse(JSON.parse(told.out)).states.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Voice LOGOUT',
      'Email (5001) LOGOUT',
      'Chat (5002) RESERVED',
      'Social (5003) LOGOUT',
      'Chat (5002) dialog 1000_1001_5002 OFFERED',
      'Presence on side A ABSENT',
    ])
    expect(told.out).toContain('a secret')
    const served = await fetch(`${server.base}/acd/explain/1001?from=${from}&to=${at}&personal=true`, {
      headers: { authorization: ADMIN },
    })
    expect(await served.json()).toEqual(JSON.parse(told.out))

    expect((await server.end()).code).toBe(0)
    const after = await run(['explain', '1001', '--data', data, '--at', String(at), '--json'])
    expect(states.parse(JSON.parse(after.out)).states).toContainEqual(
      expect.objectContaining({ name: 'Chat (5002)', state: 'RESERVED' }),
    )
  }, 240_000)

  it.runIf(isWhole)(
    'prints one line and exits with code 1 when it cannot answer',
    async () => {
      const data = join(await temporary(), 'state.db')
      const none = await run(['explain', '1001', '--data', data])
      expect([none.code, none.out, none.err]).toEqual([
        1,
        '',
        `mrdian: ${data} does not exist; name the data file: --data FILE\n`,
      ])
      const server = await serve(['--data', data])
      expect((await server.end()).code).toBe(0)
      const unknown = await run(['explain', '4711', '--data', data])
      expect([unknown.code, unknown.out, unknown.err]).toEqual([1, '', 'mrdian: nothing is kept of a user 4711\n'])
      const early = await run(['explain', '1001', '--data', data, '--at', '2001-01-01'])
      expect([early.code, early.err]).toEqual([
        1,
        expect.stringContaining('user 1001 was not there at 2001-01-01 00:00:00'),
      ])
      const wrong = await run(['explain', '1001', '--data', data, '--at', 'teatime'])
      expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('"teatime" is no time')])
    },
    240_000,
  )
})

/** An agent signs in to chat, and a task is offered. */
async function story({ base }: Running): Promise<void> {
  const media = async (body: string) => {
    const response = await fetch(`${base}/finesse/api/User/1001/Media/${CHAT}`, {
      method: 'PUT',
      headers: { authorization: AGENT, 'content-type': 'application/xml' },
      body: `<Media>${body}</Media>`,
    })
    expect(response.status).toBe(202)
  }
  await media('<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>')
  await media('<state>READY</state>')
  const made = await fetch(`${base}/acd/tasks`, {
    method: 'POST',
    headers: { authorization: ADMIN, 'content-type': 'application/json' },
    body: JSON.stringify({
      scriptSelector: 'chat_sales',
      agentId: '1001',
      variables: { callVariable1: 'a secret' },
    }),
  })
  expect(made.status).toBe(201)
}
