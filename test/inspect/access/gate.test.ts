/** Access below `/inspect`: passwords, the cookie of a sign-in, tickets, wallboards, and the allowed pages. */
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Accounts, Principal } from '../../../src/accounts/api.ts'
import { AccountsBusyError, Kiosks, PageSignIns } from '../../../src/accounts/index.ts'
import { Gate } from '../../../src/inspect/access/gate.ts'
import { Passes } from '../../../src/inspect/access/passes.ts'
import { requireSameOrigin } from '../../../src/inspect/access/same-origin.ts'
import { memoryStore } from '../../../src/store/index.ts'

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`
const HOST = 'localhost:8082'
const by = (authorization?: string) => ({ headers: { authorization, host: HOST } })
/** A browser that has the cookie of this answer. */
const withCookie = ({ cookie = '' }: { readonly cookie?: string }, more: Readonly<Record<string, string>> = {}) => ({
  headers: { cookie: `other=1; ${cookie.split(';', 1)[0]}`, host: HOST, ...more },
})
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
  const allowed = new Set(['admin', '1'])
  const { records } = memoryStore()
  const kiosks = new Kiosks({ adapters: { records }, now: () => now.ms })
  const signIns = new PageSignIns({ now: () => now.ms })
  const opened = new Gate({
    accounts,
    signIns,
    kiosks,
    grantOf: ({ id }) => (allowed.has(id) ? `all for ${id}` : undefined),
    wanted: 'an administrator',
    now: () => now.ms,
  })
  return { opened, allowed, kiosks }
}

describe('a gate', () => {
  it('accepts a password, and gives a ticket for one stream', async () => {
    const { opened } = gate()
    const { visitor, grant, admission } = await opened.admit(by(basic('admin:secret')))
    expect([visitor.id, grant]).toEqual(['admin', 'all for admin'])
    expect(admission).toMatchObject({ ticketMs: 30_000, idleMs: 900_000 })
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

  it('the cookie gives more tickets, is extended by each use, and ends after twelve hours', async () => {
    const now = { ms: 0 }
    const { opened } = gate(now)
    const browser = withCookie(await opened.admit(by(basic('admin:secret'))))
    for (; now.ms < 12 * 3_600_000; now.ms += 600_000) {
      const ticket = opened.resume(browser)?.admission.ticket ?? ''
      await expect(opened.enter(ticket, by())).resolves.toBeDefined()
      await expect(opened.enter(null, browser)).resolves.toMatchObject({ visitor: { id: 'admin' } })
    }
    expect(opened.resume(browser)).toBeUndefined()
    await expect(opened.enter(null, browser)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('a sign-in that was not used for a quarter of an hour is over', async () => {
    const now = { ms: 0 }
    const { opened } = gate(now)
    const browser = withCookie(await opened.admit(by(basic('admin:secret'))))
    now.ms = 900_000
    expect(opened.resume(browser)).toBeUndefined()
  })

  it('scripts, other sites and, over TLS, listeners do not get the cookie; each port has its own', async () => {
    const { opened } = gate()
    const admitted = await opened.admit(by(basic('admin:secret')))
    expect(admitted.cookie).toMatch(
      /^mrdian-sign-in-8082=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    expect(opened.resume(withCookie(admitted, { host: 'localhost:8083' }))).toBeUndefined()
    const secure = { ...by(basic('admin:secret')), socket: Object.assign(new Socket(), { encrypted: true }) }
    expect((await opened.admit(secure)).cookie).toMatch(/; SameSite=Strict; Secure$/)
  })

  it('a sign-out ends the sign-in, its tickets and its streams, and deletes the cookie', async () => {
    const { opened } = gate()
    const admitted = await opened.admit(by(basic('admin:secret')))
    const another = await opened.admit(by(basic('admin:secret')))
    const over: string[] = []
    opened.whenOver(admitted, () => over.push('this'))
    opened.whenOver(another, () => over.push('another'))
    expect(await opened.signOut(withCookie(admitted))).toMatch(/^mrdian-sign-in-8082=; Path=\/; Max-Age=0; HttpOnly/)
    expect(over).toEqual(['this'])
    expect(opened.resume(withCookie(admitted))).toBeUndefined()
    await expect(opened.enter(admitted.admission.ticket, by())).rejects.toMatchObject({ status: 401 })
    expect(opened.resume(withCookie(another))).toBeDefined()
  })

  it('who signs in again in the same browser leaves no sign-in behind', async () => {
    const { opened } = gate()
    const first = withCookie(await opened.admit(by(basic('admin:secret'))))
    await opened.admit(withCookie({ cookie: first.headers.cookie.slice(9) }, { authorization: basic('admin:secret') }))
    expect(opened.resume(first)).toBeUndefined()
  })

  it('a link signs in once, whatever the accounts say', async () => {
    const { opened } = gate()
    const link = by(`Bearer ${opened.link({ id: 'admin', kind: 'administrator' })}`)
    const browser = withCookie(await opened.admit(link))
    expect(opened.resume(browser)).toMatchObject({ visitor: { id: 'admin' } })
    await expect(opened.admit(link)).rejects.toMatchObject({ status: 401 })
  })

  it('the link of a wallboard opens it again and again, without a cookie, until it is revoked', async () => {
    const { opened, kiosks } = gate()
    const { kiosk, secret } = (await kiosks.create('hall', 'admin')) ?? { kiosk: { id: '' }, secret: '' }
    const first = await opened.admit(by(`Bearer ${secret}`))
    expect([first.visitor, first.cookie]).toEqual([{ id: '1', kind: 'kiosk' }, undefined])
    const { admission } = await opened.admit(by(`Bearer ${secret}`))
    // The secret opens no request, only the board.
    await expect(opened.enter(null, by(`Bearer ${secret}`))).rejects.toMatchObject({ status: 401 })
    const over: string[] = []
    opened.whenOver(first, () => over.push('over'))
    await kiosks.revoke(kiosk.id)
    expect(over).toEqual(['over'])
    await expect(opened.enter(admission.ticket, by())).rejects.toMatchObject({ status: 401 })
    await expect(opened.admit(by(`Bearer ${secret}`))).rejects.toMatchObject({ status: 401 })
  })

  it('checks the right again at each request', async () => {
    const { opened, allowed } = gate()
    const admitted = await opened.admit(by(basic('admin:secret')))
    allowed.clear()
    await expect(opened.enter(admitted.admission.ticket, by())).rejects.toMatchObject({ status: 403 })
    expect(() => opened.resume(withCookie(admitted))).toThrow(expect.objectContaining({ status: 403 }))
  })

  it.each([
    ['nothing', undefined, 401],
    ['a wrong password', basic('admin:wrong'), 401],
    ['an unknown user', basic('nobody:secret'), 401],
    ['a user without the right', basic('1234:secret'), 403],
    ['a sign-in while too many wait', basic('crowd:secret'), 503],
    ['an unknown link', 'Bearer x', 401],
    ['another scheme', 'Digest x', 401],
  ])('%s is refused', async (_, authorization, status) => {
    const { opened } = gate()
    await expect(opened.admit(by(authorization))).rejects.toMatchObject({ status })
    await expect(opened.enter(null, by(authorization))).rejects.toMatchObject({ status })
  })

  it('after `forgetAll` everybody must sign in again', async () => {
    const { opened } = gate()
    const browser = withCookie(await opened.admit(by(basic('admin:secret'))))
    opened.forgetAll()
    expect(opened.resume(browser)).toBeUndefined()
  })
})

describe('passes', () => {
  it('are limited in number: the oldest is forgotten', () => {
    const passes = new Passes<number>({ lifeMs: 1000, most: 2, now: () => 0 })
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
