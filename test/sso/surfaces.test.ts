/** Access tokens at `/acd`, the board and the inspector: supervisors get in, and the rights are those of the account. */
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Accounts } from '../../src/accounts/api.ts'
import { PageSignIns } from '../../src/accounts/index.ts'
import { requireAdministrator } from '../../src/acd/credentials.ts'
import { Gate } from '../../src/inspect/access/gate.ts'
import { type Site, site } from '../conformance/server.ts'

const HOUR_MS = 3_600_000

let on: Site | undefined
afterEach(() => on?.close())

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

async function serve(mode: 'SSO' | 'HYBRID'): Promise<Site> {
  on = await site({ sso: { mode, issuer: 'local' }, board: true, inspect: 'viewer' })
  return on
}

const ask = (server: Site, method: string, path: string, authorization: string) =>
  fetch(new URL(path, server.at.rest), { method, headers: { authorization } })

async function token(server: Site, user: string): Promise<string> {
  const answer = await ask(server, 'GET', '/desktop/sso/token', basic(`${user}:secret`))
  return z.object({ token: z.string() }).parse(await answer.json()).token
}

const ADMISSION = z.object({ ticket: z.string() })
const tickets = (server: Site, authorization: string, page = 'board/') =>
  ask(server, 'POST', `/inspect/${page}tickets`, authorization)

it('a supervisor signs in to the board by token, in the header or in place of the password; agents do not', async () => {
  const server = await serve('SSO')
  const supervisor = await token(server, '1234')
  const agent = await token(server, '1001')
  const bearer = await tickets(server, `Bearer ${supervisor}`)
  expect(bearer.status).toBe(200)
  expect(await bearer.json()).toMatchObject({ viewer: { id: '1234' } })
  for (const name of ['1234', 'csmith', 'CSMITH'])
    expect((await tickets(server, basic(`${name}:${supervisor}`))).status).toBe(200)
  const refused = [`Bearer ${agent}`, basic(`1001:${supervisor}`), basic('1234:secret'), 'Bearer eyJh.eyJh.abcd']
  const statuses = await Promise.all(refused.map(async (each) => (await tickets(server, each)).status))
  expect(statuses).toEqual([403, 401, 401, 401])
  expect((await tickets(server, basic('admin:secret'))).status).toBe(200)
})

it('the sign-in and the stream of a token end with the last token of the user', async () => {
  const server = await serve('HYBRID')
  const signIn = async (authorization: string) => {
    const answer = await tickets(server, authorization)
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    return { ...ADMISSION.parse(await answer.json()), cookie }
  }
  const byToken = await signIn(`Bearer ${await token(server, '1234')}`)
  const byPassword = await signIn(basic('1234:secret'))
  const stream = (ticket: string) =>
    new WebSocket(`${server.at.rest.replace('http', 'ws')}/inspect/board/stream?ticket=${ticket}`)
  const [ending, staying] = [stream(byToken.ticket), stream(byPassword.ticket)]
  await Promise.all([ending, staying].map((each) => new Promise((resolve) => each.once('message', resolve))))
  const closed = new Promise((resolve) =>
    ending.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`)),
  )
  await server.clock.advance(HOUR_MS)
  expect(await closed).toBe('1008 the sign-in has ended')
  expect(staying.readyState).toBe(WebSocket.OPEN)
  const goesOn = async ({ cookie }: { readonly cookie: string }) =>
    (await fetch(`${server.at.rest}/inspect/board/sign-in`, { headers: { cookie } })).status
  expect([await goesOn(byToken), await goesOn(byPassword)]).toEqual([204, 200])
  staying.terminate()
})

it('/acd and the inspector are for administrators, who have no tokens of an issuer but their passwords', async () => {
  const server = await serve('SSO')
  const supervisor = `Bearer ${await token(server, '1234')}`
  const statuses = async (authorization: string) => [
    (await ask(server, 'GET', '/acd/tasks', authorization)).status,
    (await tickets(server, authorization, '')).status,
    (await ask(server, 'GET', '/inspect/machines', authorization)).status,
  ]
  expect(await statuses(supervisor)).toEqual([403, 403, 403])
  expect(await statuses('Bearer eyJh.eyJh.abcd')).toEqual([401, 401, 401])
  expect(await statuses(basic('admin:secret'))).toEqual([200, 200, 200])
  expect((await ask(server, 'GET', '/desktop/sso/token', basic('admin:secret'))).status).toBe(401)
})

it('accounts of a program that give tokens to administrators let them in everywhere', async () => {
  const accounts: Accounts = {
    verify: async () => undefined,
    tokens: {
      mode: 'SSO',
      verify: async (given) => (given === 'a.b.c' ? { id: 'root', kind: 'administrator' } : undefined),
    },
  }
  const caller = { headers: { authorization: 'Bearer a.b.c' } }
  expect(await requireAdministrator(accounts, caller)).toBe('root')
  const gate = new Gate({
    accounts,
    signIns: new PageSignIns({ now: () => 0 }),
    grantOf: ({ kind }) => kind,
    wanted: 'anybody',
  })
  expect(await gate.admit(caller)).toMatchObject({ grant: 'administrator', byToken: true })
})
