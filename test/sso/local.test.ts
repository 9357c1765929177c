/** The token flow of Finesse with the server's own issuer (`user 9.3`), over real sockets and in virtual time. */
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createEngine } from '../../src/index.ts'
import { localSso } from '../../src/sso/index.ts'
import { type Site, site } from '../conformance/server.ts'
import { RawClient } from '../xmpp/support/raw-client.ts'
import { auth, plain } from '../xmpp/support/sign-in.ts'

const HOUR_MS = 3_600_000

const TOKENS = z.strictObject({
  token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
  user_id: z.string(),
  realm: z.string(),
  user_principal: z.string(),
})
type Tokens = z.infer<typeof TOKENS>

let on: Site
let logged: string
beforeEach(async () => {
  logged = ''
  const sink = new Writable({
    write: (chunk, _, done) => {
      logged += String(chunk)
      done()
    },
  })
  on = await site({ sso: { mode: 'HYBRID', issuer: 'local' }, logger: pino({ level: 'trace' }, sink) })
})
afterEach(() => on.close())

const at = (path: string) => new URL(path, on.at.rest)
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(at(path), { redirect: 'manual', headers })
const form = (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  fetch(at(path), { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers })
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const tokensOf = async (response: Response): Promise<Tokens> => TOKENS.parse(await response.json())
/** Tokens for a password, without the page. */
const fetched = async (user = '1001') =>
  tokensOf(await get('/desktop/sso/token?return_refresh_token=true', basic(`${user}:secret`)))
const statusWith = async (token: string, path = '/User/1001') => {
  const response = await get(`/finesse/api${path}`, { authorization: `Bearer ${token}` })
  await response.body?.cancel()
  return response.status
}

/** A stream that was signed in with a token, available. */
async function session(user: string, token: string): Promise<RawClient> {
  const client = await RawClient.open(on.server.ports.xmpp ?? 0)
  client.header('localhost')
  await client.until('</stream:features>')
  client.send(auth(plain(user, token)))
  await client.until('<success')
  client.header('localhost')
  await client.until('</stream:features>')
  client.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
  await client.until('</iq>')
  client.send('<presence/>')
  await client.until('<presence from="finesse@localhost"')
  return client
}

describe('the flow (user 9.3)', () => {
  it('leads by redirects and the page of the sign-in to the tokens', async () => {
    const first = await get('/desktop/sso/token?cc_username=areyes&return_refresh_token=true')
    expect([first.status, first.headers.get('location')]).toEqual([
      302,
      '/desktop/sso/login?cc_username=areyes&return_refresh_token=true',
    ])
    const page = await get(first.headers.get('location') ?? '')
    const html = await page.text()
    expect(html).toContain('action="/desktop/sso/login"')
    expect(html).toContain('name="username" value="areyes"')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const answer = await form('/desktop/sso/login', {
      username: 'areyes',
      password: 'secret',
      return_refresh_token: 'true',
    })
    expect(answer.status).toBe(303)
    const last = answer.headers.get('location') ?? ''
    const tokens = await tokensOf(await get(last))
    expect({ ...tokens, token: '', refresh_token: '' }).toEqual({
      token: '',
      refresh_token: '',
      expires_in: 3600,
      user_id: '1001',
      realm: 'localhost',
      user_principal: 'areyes@localhost',
    })
    expect(await statusWith(tokens.token)).toBe(200)
    expect(await statusWith(tokens.token, '/User/1002')).toBe(401)
    // A code is valid once.
    expect((await get(last)).status).toBe(401)
  })

  it('takes the name from a cookie too, and passes no refresh token that was not asked for', async () => {
    const first = await get('/desktop/sso/token', { cookie: 'a=b; cc_username=a%20%22b' })
    expect(first.headers.get('location')).toBe('/desktop/sso/login?cc_username=a+%22b&return_refresh_token=false')
    expect(await (await get(first.headers.get('location') ?? '')).text()).toContain('value="a &quot;b"')
    const tokens = await tokensOf(await get('/desktop/sso/token', basic('1001:secret')))
    expect(tokens.refresh_token).toBeUndefined()
  })

  it('refuses wrong passwords, which count towards the lock-out, administrators, and codes that are too old', async () => {
    expect((await get('/desktop/sso/token')).status).toBe(400)
    expect((await get('/desktop/sso/token', basic('admin:secret'))).status).toBe(401)
    const right = await form('/desktop/sso/login', { username: '1002', password: 'secret' })
    await on.clock.advance(60_000)
    expect((await get(right.headers.get('location') ?? '')).status).toBe(401)
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const wrong = await form('/desktop/sso/login', { username: '1002', password: 'wrong' })
      expect([wrong.status, (await wrong.text()).includes('Wrong user or password.')]).toEqual([401, true])
    }
    expect((await form('/desktop/sso/login', { username: '1002', password: 'secret' })).status).toBe(401)
  })

  it('is closed to pages of another origin', async () => {
    const fields = { username: '1001', password: 'secret' }
    expect((await form('/desktop/sso/login', fields, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await form('/desktop/sso/login', fields, { origin: on.at.rest })).status).toBe(303)
  })

  it('answers 400 to a body that is no form', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const body = type === 'application/json' ? '{}' : 'x'.repeat(20_000)
      const response = await fetch(at('/desktop/sso/token'), {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      expect(response.status).toBe(400)
    }
  })

  it('leaves no token, code or password in the log', async () => {
    const answer = await form('/desktop/sso/login', {
      username: '1001',
      password: 'secret',
      return_refresh_token: 'true',
    })
    const where = answer.headers.get('location') ?? ''
    const tokens = await tokensOf(await get(where))
    await statusWith(tokens.token)
    await get(`/desktop/sso/token?refresh-token=${tokens.refresh_token}`)
    await session('1001', tokens.token)
    expect(logged).toContain('/desktop/sso/token')
    for (const secret of [tokens.token, tokens.refresh_token ?? '', where.split('code=')[1] ?? '', '"secret"'])
      expect([secret, logged.includes(secret)]).toEqual([secret, false])
  })
})

describe('a refresh', () => {
  it('gives new tokens, by POST and by GET; the access token of before stays valid until it expires', async () => {
    const first = await fetched()
    await on.clock.advance(HOUR_MS / 2)
    const second = await tokensOf(
      await form('/desktop/sso/token', { token: first.token, 'refresh-token': first.refresh_token ?? '' }),
    )
    expect([await statusWith(first.token), await statusWith(second.token)]).toEqual([200, 200])
    await on.clock.advance(HOUR_MS / 2)
    expect([await statusWith(first.token), await statusWith(second.token)]).toEqual([401, 200])
    const third = await get(`/desktop/sso/token?cc_username=1001&refresh-token=${second.refresh_token}`)
    expect(await statusWith((await tokensOf(third)).token)).toBe(200)
  })

  it('is refused for an expired, an unknown and a used refresh token; the last one revokes all of the sign-in', async () => {
    const first = await fetched()
    const again = { 'refresh-token': first.refresh_token ?? '' }
    const second = await tokensOf(await form('/desktop/sso/token', again))
    expect((await form('/desktop/sso/token', again)).status).toBe(401)
    expect([await statusWith(first.token), await statusWith(second.token)]).toEqual([401, 401])
    expect((await form('/desktop/sso/token', { 'refresh-token': second.refresh_token ?? '' })).status).toBe(401)
    expect((await form('/desktop/sso/token', { 'refresh-token': 'unknown' })).status).toBe(401)
    expect((await form('/desktop/sso/token', {})).status).toBe(400)
    const late = await fetched()
    await on.clock.advance(10 * HOUR_MS)
    expect((await form('/desktop/sso/token', { 'refresh-token': late.refresh_token ?? '' })).status).toBe(401)
  })

  it('keeps the session, and a revocation ends it', async () => {
    const first = await fetched()
    const client = await session('1001', first.token)
    const second = await tokensOf(await form('/desktop/sso/token', { 'refresh-token': first.refresh_token ?? '' }))
    expect(await statusWith(second.token)).toBe(200)
    await form('/desktop/sso/revoke', { token: second.refresh_token ?? '' })
    expect(await statusWith(second.token)).toBe(401)
    await client.until('<not-authorized')
  })
})

describe('an expired token (user 5.9)', () => {
  it('ends the session, and after the grace period the agent is signed out by force', async () => {
    const { token } = await fetched()
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/xml' }
    const body = '<User><state>LOGIN</state><extension>1001</extension></User>'
    expect((await fetch(at('/finesse/api/User/1001'), { method: 'PUT', headers, body })).status).toBe(202)
    const client = await session('1001', token)
    await on.clock.advance(HOUR_MS)
    await client.until('<not-authorized')
    await on.server.notifications.settled()
    await on.clock.advance(60_000)
    const user = await on.restOnly('1001').get('User/1001')
    expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['NOT_READY', '50002'])
  })
})

describe('the issuer in a program', () => {
  it('changes its key; tokens of the former two keys stay valid', async () => {
    const engine = await createEngine()
    const { issuer, accounts } = await localSso(engine)
    const issue = async () => (await issuer.issue({ id: '1001', loginName: 'areyes' })).token
    const tokens = [await issue()]
    for (let change = 0; change < 3; change += 1) {
      await issuer.changeKey()
      tokens.push(await issue())
    }
    const accepted = await Promise.all(tokens.map(async (token) => (await accounts.tokens.verify(token)) !== undefined))
    expect(accepted).toEqual([false, true, true, true])
    expect(JSON.stringify(issuer.keys())).not.toContain('"d"')
    await engine.close()
  })
})
