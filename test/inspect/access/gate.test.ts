/** Access below `/inspect`: passwords, sessions, tickets, and the allowed pages. */
import { describe, expect, it } from 'vitest'
import type { Accounts, Principal } from '../../../src/accounts/api.ts'
import { AccountsBusyError } from '../../../src/accounts/index.ts'
import { Gate } from '../../../src/inspect/access/gate.ts'
import { Passes } from '../../../src/inspect/access/passes.ts'
import { requireSameOrigin } from '../../../src/inspect/access/same-origin.ts'

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`
const by = (authorization?: string) => ({ headers: { authorization } })
const PEOPLE: Readonly<Record<string, Principal>> = {
  admin: { id: 'admin', kind: 'administrator' },
  '1234': { id: '1234', kind: 'user' },
}

function gate(now: { ms: number } = { ms: 0 }) {
  const accounts: Accounts = {
    verify: async (name, password) => {
      if (name === 'crowd') throw new AccountsBusyError('busy')
      return password === 'secret' ? PEOPLE[name] : undefined
    },
  }
  const allowed = new Set(['admin'])
  const opened = new Gate({
    accounts,
    grantOf: ({ id }) => (allowed.has(id) ? `all for ${id}` : undefined),
    wanted: 'an administrator',
    now: () => now.ms,
  })
  return { opened, allowed }
}

describe('a gate', () => {
  it('accepts a password, and gives a ticket for one stream', async () => {
    const { opened } = gate()
    const { principal, grant, admission } = await opened.admit(by(basic('admin:secret')))
    expect([principal.id, grant]).toEqual(['admin', 'all for admin'])
    expect(admission).toMatchObject({ ticketMs: 30_000, sessionMs: 900_000 })
    await expect(opened.enter(admission.ticket, by())).resolves.toMatchObject({ grant: 'all for admin' })
    await expect(opened.enter(admission.ticket, by())).rejects.toMatchObject({ status: 401 })
  })

  it('a ticket expires after half a minute', async () => {
    const now = { ms: 0 }
    const { opened } = gate(now)
    const { admission } = await opened.admit(by(basic('admin:secret')))
    now.ms = 30_000
    await expect(opened.enter(admission.ticket, by())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('a session gives more tickets, is extended by each use, and ends after twelve hours', async () => {
    const now = { ms: 0 }
    const { opened } = gate(now)
    const first = await opened.admit(by(basic('admin:secret')))
    const bearer = `Bearer ${first.admission.session}`
    for (; now.ms < 12 * 3_600_000; now.ms += 600_000) {
      const { admission } = await opened.admit(by(bearer))
      expect(admission.session).toBe(first.admission.session)
      await expect(opened.enter(admission.ticket, by())).resolves.toBeDefined()
    }
    await expect(opened.admit(by(bearer))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('a session that was not used for a quarter of an hour has expired', async () => {
    const now = { ms: 0 }
    const { opened } = gate(now)
    const { admission } = await opened.admit(by(basic('admin:secret')))
    now.ms = 900_000
    await expect(opened.admit(by(`Bearer ${admission.session}`))).rejects.toMatchObject({ status: 401 })
  })

  it('tickets are no sessions, and sessions no tickets', async () => {
    const { opened } = gate()
    const { admission } = await opened.admit(by(basic('admin:secret')))
    await expect(opened.admit(by(`Bearer ${admission.ticket}`))).rejects.toMatchObject({ status: 401 })
    await expect(opened.enter(admission.session, by())).rejects.toMatchObject({ status: 401 })
  })

  it('checks the right again at each request', async () => {
    const { opened, allowed } = gate()
    const { admission } = await opened.admit(by(basic('admin:secret')))
    allowed.clear()
    await expect(opened.enter(admission.ticket, by())).rejects.toMatchObject({ status: 403 })
    await expect(opened.admit(by(`Bearer ${admission.session}`))).rejects.toMatchObject({ status: 403 })
  })

  it.each([
    ['nothing', undefined, 401],
    ['a wrong password', basic('admin:wrong'), 401],
    ['an unknown user', basic('nobody:secret'), 401],
    ['a user without the right', basic('1234:secret'), 403],
    ['a sign-in while too many wait', basic('crowd:secret'), 503],
    ['an unknown session', 'Bearer x', 401],
    ['another scheme', 'Digest x', 401],
  ])('%s is refused', async (_, authorization, status) => {
    const { opened } = gate()
    await expect(opened.admit(by(authorization))).rejects.toMatchObject({ status })
    await expect(opened.enter(null, by(authorization))).rejects.toMatchObject({ status })
  })

  it('after `forgetAll` everybody must sign in again', async () => {
    const { opened } = gate()
    const { admission } = await opened.admit(by(basic('admin:secret')))
    opened.forgetAll()
    await expect(opened.admit(by(`Bearer ${admission.session}`))).rejects.toMatchObject({ status: 401 })
  })
})

describe('passes', () => {
  it('are limited in number: the oldest is forgotten', () => {
    const passes = new Passes<number>({ use: 'once', lifeMs: 1000, most: 2, now: () => 0 })
    const [first = '', second = '', third = ''] = [1, 2, 3].map((holder) => passes.issue(holder))
    expect([passes.holder(first), passes.holder(second), passes.holder(third)]).toEqual([undefined, 2, 3])
  })
})

describe('pages of this server', () => {
  const names = ['desk.example.com']
  it.each([
    { host: 'localhost:8082' },
    { host: '127.0.0.1:8082', origin: 'http://127.0.0.1:8082' },
    { host: '[::1]:8082', origin: 'http://[::1]:8082' },
    { host: 'desk.example.com', origin: 'https://desk.example.com' },
    { host: 'desk.example.com:443', origin: 'https://desk.example.com' },
    { host: 'DESK.example.com', origin: 'http://desk.example.com' },
  ])('%j is allowed', (headers) => {
    expect(() => requireSameOrigin(headers, names)).not.toThrow()
  })

  it.each([
    [{ host: 'localhost:8082', origin: 'http://localhost:3000' }, 'Origin'],
    [{ host: 'localhost:8082', origin: 'http://evil.example.com' }, 'Origin'],
    [{ host: 'localhost:8082', origin: 'null' }, 'Origin'],
    [{ host: 'localhost:8082', origin: 'http://localhost:8082.evil.example.com' }, 'Origin'],
    [{ host: 'rebound.example.com:8082', origin: 'http://rebound.example.com:8082' }, 'Host'],
    [{ host: 'not a host' }, 'Host'],
    [{}, 'Host'],
  ])('%j is refused', (headers, about) => {
    expect(() => requireSameOrigin(headers, names)).toThrow(expect.objectContaining({ about, status: 403 }))
  })
})
