/** Access tokens of an issuer elsewhere, over real REST and XMPP. */

import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccountCheck } from '../../src/cli/account-check.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { parseRequest } from '../../src/finesse/index.ts'
import { createEngine } from '../../src/index.ts'
import { finesse } from '../../src/rest/index.ts'
import { type SsoAccounts, type SsoMode, ssoAccounts } from '../../src/sso/index.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { notificationService, type RunningNotificationService } from '../../src/xmpp/index.ts'
import { RawClient } from '../xmpp/support/raw-client.ts'
import { auth, plain } from '../xmpp/support/sign-in.ts'
import { AUDIENCE, documentOf, ISSUER, type KeyServer, keyServer, newKey, signed } from './issuer-site.ts'

const KEY = await newKey('one')
const OTHER = await newKey('other')
const SAME_NAME = await newKey('one')
const SAMPLE = await loadDirectory()

interface World {
  readonly clock: VirtualClock
  readonly app: FastifyInstance
  readonly accounts: SsoAccounts
  readonly xmpp: RunningNotificationService
  close(): Promise<void>
}

let server: KeyServer
beforeAll(async () => {
  server = await keyServer(documentOf(KEY))
})
afterAll(() => server.close())

async function world(mode: SsoMode): Promise<World> {
  const clock = virtualClock()
  const engine = await createEngine({ directory: SAMPLE, clock })
  const options = { issuer: ISSUER, audience: AUDIENCE, keys: server.url, mode, clock }
  const accounts = await ssoAccounts(engine, options)
  const app = Fastify()
  await app.register(finesse, { engine, accounts })
  const xmpp = await notificationService(engine, { accounts, port: 0 })
  return {
    ...{ clock, app, accounts, xmpp },
    close: async () => {
      await xmpp.close()
      await app.close()
      await engine.close()
    },
  }
}

let on: World
beforeEach(async () => {
  on = await world('HYBRID')
})
afterEach(() => on.close())

const seconds = () => Math.floor(on.clock.now() / 1000)
const token = (claims: Readonly<Record<string, unknown>> = {}, key = KEY) => signed(key, seconds(), claims)
const ask = (authorization: string | undefined, path = '/User/1001') =>
  on.app.inject({ url: `/finesse/api${path}`, headers: authorization === undefined ? {} : { authorization } })
const bearer = async (text: string, path?: string) => (await ask(`Bearer ${text}`, path)).statusCode
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

async function signIn(name: string, secret: string): Promise<RawClient> {
  const client = await RawClient.open(on.xmpp.ports.xmpp ?? 0)
  client.header('localhost')
  await client.until('</stream:features>')
  client.send(auth(plain(name, secret)))
  return client
}

async function bound(name: string, secret: string): Promise<RawClient> {
  const client = await signIn(name, secret)
  await client.until('<success')
  client.header('localhost')
  await client.until('</stream:features>')
  client.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
  await client.until('</iq>')
  return client
}

describe('a token over REST (user 1.3)', () => {
  it('is accepted for its user, by id or login name, with the rights of the user', async () => {
    expect(await bearer(await token())).toBe(200)
    expect(await bearer(await token({ sub: 'areyes' }))).toBe(200)
    expect(await bearer(await token(), '/User/1002')).toBe(401)
    expect(await bearer(await token(), '/Users')).toBe(401)
  })

  it.each<[string, () => Promise<string>]>([
    ['of another issuer', () => token({ iss: 'https://other.example' })],
    ['for another audience', () => token({ aud: 'other' })],
    ['of a key that the issuer does not have', () => token({}, OTHER)],
    ['of another key with the same name', () => token({}, SAME_NAME)],
    ['that has expired', () => token({ exp: seconds() - 31 })],
    ['that is not yet valid', () => token({ nbf: seconds() + 31 })],
    ['without an end', () => token({ exp: undefined })],
    ['without a user', () => token({ sub: undefined })],
    ['of nobody', () => token({ sub: 'nobody' })],
    ['of an administrator', () => token({ sub: 'admin' })],
    ['that was changed', async () => `${(await token()).slice(0, -4)}AAAA`],
    ['without a signature', async () => unsigned()],
    ['that is too long', async () => token({ more: 'x'.repeat(8192) })],
    ['that is none', async () => 'eyJhbGciOiJub25lIn0'],
  ])('is refused: one %s', async (_, make) => {
    const response = await ask(`Bearer ${await make()}`)
    expect(response.statusCode).toBe(401)
    expect(parseRequest(response.body)?.name).toBe('ApiErrors')
    expect(response.headers['www-authenticate']).toBe(
      'Basic realm="Finesse", Bearer realm="Finesse", error="invalid_token"',
    )
  })

  it('is accepted within the skew of the clocks', async () => {
    expect(await bearer(await token({ exp: seconds() - 29 }))).toBe(200)
    expect(await bearer(await token({ nbf: seconds() + 29 }))).toBe(200)
  })

  it('never counts towards a lock-out', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await bearer(await token({}, OTHER))).toBe(401)
    expect((await ask(basic('1001:secret'))).statusCode).toBe(200)
  })
})

const unsigned = () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', kid: 'one' })}.${part({ iss: ISSUER, aud: AUDIENCE, sub: '1001', exp: seconds() + 300 })}.`
}

describe('the mode (user 9.1, 9.2)', () => {
  const modes = async () => {
    const { body } = await ask(undefined, '/UserAuthMode/1001')
    const system = await ask(undefined, '/SystemInfo')
    return [/<authMode>(\w+)/.exec(body)?.[1], /<systemAuthMode>(\w+)/.exec(system.body)?.[1]]
  }

  it('HYBRID: passwords and tokens', async () => {
    expect(await modes()).toEqual(['SSO', 'HYBRID'])
    expect((await ask(basic('1001:secret'))).statusCode).toBe(200)
  })

  it('SSO: users need a token, administrators their password', async () => {
    await on.close()
    on = await world('SSO')
    expect(await modes()).toEqual(['SSO', 'SSO'])
    expect(await bearer(await token())).toBe(200)
    const refused = await ask(basic('1001:secret'))
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="Finesse"'])
    expect((await ask(basic('admin:secret'), '/Users')).statusCode).toBe(200)
    const client = await signIn('1001', 'secret')
    await client.until('<not-authorized/>')
  })
})

describe('a token as the password over XMPP (notifications 3.2)', () => {
  it('is accepted for its user, with the id or the login name', async () => {
    await bound('1001', await token())
    await bound('areyes', await token())
  })

  it('is refused for another name, and when it is not valid', async () => {
    for (const [name, text] of [
      ['1002', await token()],
      ['admin', await token()],
      ['1001', await token({}, OTHER)],
      ['1001', await token({ exp: seconds() - 31 })],
    ] as const)
      await (await signIn(name, text)).until('<not-authorized/>')
  })
})

it('an external XMPP server may ask about a token of any length (notifications 3.2)', async () => {
  addAccountCheck(on.app, on.accounts, { user: 'finesse', password: 'own' }, [])
  const check = async (name: string, secret: string) => {
    const headers = { authorization: basic(`${name}:${secret}`) }
    return (await on.app.inject({ url: '/accounts/check', headers })).statusCode
  }
  const long = await token({ more: 'x'.repeat(3000) })
  expect([await check('1001', long), await check('1002', long), await check('1001', 'secret')]).toEqual([204, 401, 204])
})

describe('the end of a token (user 5.9, notifications 9.5)', () => {
  const END_MS = 330_000

  it('ends the sessions that were signed in with it, and no others', async () => {
    const byToken = await bound('1001', await token())
    const byPassword = await bound('1001', 'secret')
    const other = await bound('1002', await token({ sub: '1002', exp: seconds() + 3600 }))
    await on.clock.advance(END_MS - 1)
    expect(await byToken.barrier()).toBe('')
    await on.clock.advance(1)
    await byToken.until('<not-authorized')
    await byToken.until('</stream:stream>')
    expect([await byPassword.barrier(), await other.barrier()]).toEqual(['', ''])
  })

  it('does not end them when the user has a newer one', async () => {
    const client = await bound('1001', await token())
    await on.clock.advance(200_000)
    expect(await bearer(await token({ jti: 'newer' }))).toBe(200)
    await on.clock.advance(END_MS - 1)
    expect(await client.barrier()).toBe('')
    await on.clock.advance(1)
    await client.until('<not-authorized')
  })

  it('comes at once when the last one is revoked', async () => {
    const client = await bound('1001', await token({ jti: 'a' }))
    await bearer(await token({ jti: 'b' }))
    on.accounts.revoked('a')
    expect(await client.barrier()).toBe('')
    on.accounts.revoked('b')
    await client.until('<not-authorized')
  })
})
