import Fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AccountsBusyError } from '../../src/accounts/index.ts'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import { EngineUnavailable } from '../../src/engine/api.ts'
import { finesse } from '../../src/rest/index.ts'
import { fakeAccounts, fakeEngine } from './fake-engine.ts'
import { basic, errorOf, type Server, server } from './server.ts'

let rest: Server
beforeEach(async () => {
  rest = await server()
})
afterEach(() => rest.app.close())

const READY = '<User><state>READY</state></User>'

describe('authentication (user 1.3, 1.7)', () => {
  it('accepts the id and the login name as user part', async () => {
    expect((await rest.ask('GET', '/User/1001', { as: '1001:secret' })).statusCode).toBe(200)
    expect((await rest.ask('GET', '/User/1001', { as: 'areyes:secret' })).statusCode).toBe(200)
    expect((await rest.ask('GET', '/User/1002', { as: 'bnovák:secret' })).statusCode).toBe(200)
  })

  it('names the presented user in the error and challenges', async () => {
    const response = await rest.ask('GET', '/User/1001', { as: 'a<b:wrong' })
    expect(errorOf(response)).toBe('401 Authorization Failure | a<b | UNAUTHORIZED')
    expect(response.headers['www-authenticate']).toBe('Basic realm="Finesse"')
  })

  it.each([
    ['nothing', null],
    ['another scheme', 'Bearer abc'],
    ['text that is no Base64', 'Basic !!!'],
    ['no colon', `Basic ${Buffer.from('1001').toString('base64')}`],
    ['no name', basic(':secret')],
    ['a very long name', basic(`${'x'.repeat(5000)}:secret`)],
  ])('refuses %s with the same answer', async (_, authorization) => {
    const headers: Record<string, string> = authorization === null ? {} : { authorization }
    const response = await rest.ask('GET', '/User/1001', { as: null, headers })
    expect(errorOf(response)).toBe('401 Authorization Failure |  | UNAUTHORIZED')
    expect(response.headers['www-authenticate']).toBe('Basic realm="Finesse"')
  })

  it('accepts colons in a password, and a name in ISO 8859-1', async () => {
    const verify = vi.fn(() => Promise.resolve(undefined))
    const other = await server({ accounts: { verify } })
    await other.ask('GET', '/Users', { as: 'a:b:c' })
    await other.ask('GET', '/Users', {
      as: null,
      headers: { authorization: `basic ${Buffer.from('novák:x', 'latin1').toString('base64')}` },
    })
    expect(verify.mock.calls).toEqual([
      ['a', 'b:c', '127.0.0.1'],
      ['novák', 'x', '127.0.0.1'],
    ])
    await other.app.close()
  })

  it('comes before every other check of the request', async () => {
    for (const path of ['/User/9999', '/Nothing', '/Users']) {
      expect((await rest.ask('GET', path, { as: null })).statusCode).toBe(401)
    }
    expect(
      (await rest.ask('PUT', '/User/1001', { as: '1001:no', body: '{', type: 'application/json' })).statusCode,
    ).toBe(401)
    expect((await rest.ask('DELETE', '/User/1001', { as: null })).statusCode).toBe(401)
  })

  it('sends no challenge when the caller is known but not allowed', async () => {
    const response = await rest.ask('GET', '/User/1002')
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBeUndefined()
  })
})

describe('out of service (user 1.8, notifications 12.3)', () => {
  it('answers 503 to everything but SystemInfo, with or without credentials', async () => {
    rest.engine.status = 'OUT_OF_SERVICE'
    const unavailable = '503 Service Unavailable |  | SERVER_OUT_OF_SERVICE'
    for (const path of ['/User/1001', '/Users', '/User/1001/Media', '/Dialog/1', '/UserAuthMode/areyes', '/Nothing']) {
      expect(errorOf(await rest.ask('GET', path, { as: null })), path).toBe(unavailable)
    }
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body: READY }))).toBe(unavailable)
    expect(rest.engine.commands).toEqual([])
    const info = await rest.ask('GET', '/SystemInfo', { as: null })
    expect(info.statusCode).toBe(200)
    expect(info.body).toContain('<status>OUT_OF_SERVICE</status>')
  })

  it('answers 503 when the engine cannot take input', async () => {
    rest.engine.answer = new EngineUnavailable('closing')
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body: READY }))).toBe(
      '503 Service Unavailable |  | SERVER_OUT_OF_SERVICE',
    )
    rest.engine.answer = rejected('OUT_OF_SERVICE', 'A')
    expect((await rest.ask('PUT', '/User/1001', { body: READY })).statusCode).toBe(503)
  })

  it('answers 503 when too many sign-ins wait', async () => {
    const busy = await server({ accounts: { verify: () => Promise.reject(new AccountsBusyError('busy')) } })
    expect((await busy.ask('GET', '/User/1001')).statusCode).toBe(503)
    await busy.app.close()
  })

  it('answers 500 after an unexpected error, and goes on', async () => {
    rest.engine.answer = new Error('a secret of the engine')
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body: READY }))).toBe(
      '500 Internal Server Error |  | RUNTIME_EXCEPTION',
    )
    rest.engine.answer = DONE
    expect((await rest.ask('PUT', '/User/1001', { body: READY })).statusCode).toBe(202)
  })
})

describe('resources and methods', () => {
  it.each(['/Nothing', '', '/', '/User', '/User/1001/Nothing', '/User/1001/Media/5001/Dialogs/1', '/user/1001'])(
    'does not know %j',
    async (path) => {
      const response = await rest.ask('GET', path)
      expect(errorOf(response)).toBe(`404 Not Found | /finesse/api${path} | Resource not found`)
    },
  )

  it.each([
    ['POST', '/User/1001', 'GET, HEAD, PUT, OPTIONS'],
    ['DELETE', '/User/1001/Media/5001', 'GET, HEAD, PUT, OPTIONS'],
    ['PUT', '/SystemInfo', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/Users', 'GET, HEAD, OPTIONS'],
    ['PUT', '/User/1001/Dialogs', 'GET, HEAD, POST, OPTIONS'],
  ] as const)('refuses %s %s with 405', async (method, path, allow) => {
    const response = await rest.ask(method, path, { body: '{}', type: 'application/json' })
    expect(errorOf(response)).toBe(`405 Method Not Allowed | ${method} | Method not allowed on this resource`)
    expect(response.headers.allow).toBe(allow)
  })

  it('accepts a trailing slash', async () => {
    expect((await rest.ask('GET', '/User/1001/')).statusCode).toBe(200)
    expect((await rest.ask('GET', '/SystemInfo/', { as: null })).statusCode).toBe(200)
    expect((await rest.ask('DELETE', '/User/1001/Media/')).statusCode).toBe(405)
  })

  it('answers HEAD as GET without a body', async () => {
    const response = await rest.ask('HEAD', '/User/1001')
    expect(response.statusCode).toBe(200)
    expect(response.body).toBe('')
    expect((await rest.ask('HEAD', '/User/1002')).statusCode).toBe(401)
  })

  it('answers OPTIONS without credentials', async () => {
    const response = await rest.ask('OPTIONS', '/Dialog/1', { as: null })
    expect(response.statusCode).toBe(204)
    expect(response.headers.allow).toBe('GET, HEAD, PUT, OPTIONS')
    expect((await rest.ask('OPTIONS', '/Nothing', { as: null })).statusCode).toBe(204)
  })

  it('ignores unknown query parameters (user 1.10)', async () => {
    expect((await rest.ask('GET', '/User/1001?nocache=1&x[]=2&%=%zz')).statusCode).toBe(200)
  })

  it('answers malformed URL encoding with ApiErrors below its prefix', async () => {
    expect(errorOf(await rest.ask('GET', '/User/%zz'))).toMatch(/^400 Bad Request \|/)
    expect(errorOf(await rest.ask('GET', '/User/%c3%28'))).toMatch(/^400 Bad Request \|/)
    expect((await rest.ask('GET', '//other/%zz')).headers['content-type']).toContain('json')
  })

  it('answers UNKNOWN_USER for names of every length (user 4.1)', async () => {
    for (const length of [1, 100, 101, 500, 8000]) {
      const name = '9'.repeat(length)
      const shown = name.slice(0, 256)
      const unknown = `404 User Not Found | ${shown} | UNKNOWN_USER`
      expect(errorOf(await rest.ask('GET', `/User/${name}`, { as: 'admin:secret' }))).toBe(unknown)
      expect(errorOf(await rest.ask('GET', `/User/${name}/Media`, { as: 'admin:secret' }))).toBe(unknown)
      expect(errorOf(await rest.ask('GET', `/User/${name}/Dialogs`, { as: 'admin:secret' }))).toBe(unknown)
      const body = '<User><state>NOT_READY</state></User>'
      expect(errorOf(await rest.ask('PUT', `/User/${name}`, { as: '1234:secret', body }))).toBe(unknown)
      // Agents do not learn which users exist.
      expect(errorOf(await rest.ask('GET', `/User/${name}`))).toContain(
        `401 Invalid Authorization User Specified | ${shown}`,
      )
    }
  })

  it('works below another prefix, and does not change the rest of the server', async () => {
    const app = Fastify()
    app.post('/mine', async (request) => request.body)
    await app.register(finesse, { engine: fakeEngine(), accounts: fakeAccounts(), prefix: '/b/finesse/api' })
    await app.register(finesse, { engine: fakeEngine(), accounts: fakeAccounts(), side: 'B' })
    expect((await app.inject('/b/finesse/api/SystemInfo')).statusCode).toBe(200)
    expect((await app.inject('/b/finesse/api/x')).statusCode).toBe(401)
    expect((await app.inject('/finesse/api/SystemInfo')).statusCode).toBe(200)
    const mine = await app.inject({ method: 'POST', url: '/mine', payload: { a: 1 } })
    expect(mine.json()).toEqual({ a: 1 })
    expect(mine.headers.vary).toBeUndefined()
    expect((await app.inject('/other')).headers['content-type']).toContain('json')
    await app.close()
  })
})

describe('requestId (user 1.6, notifications 7.4)', () => {
  it('is passed to the command and returned as header', async () => {
    const response = await rest.ask('PUT', '/User/1001', { body: READY, headers: { RequestId: 'a-1' } })
    expect(response.statusCode).toBe(202)
    expect(response.headers.requestid).toBe('a-1')
    expect(rest.engine.commands[0]?.requestId).toBe('a-1')
  })

  it('is returned with every synchronous error of a change', async () => {
    const headers = { requestId: 'a-2' }
    for (const [path, as, body] of [
      ['/User/1001', null, READY],
      ['/User/1002', '1001:secret', READY],
      ['/User/1001', '1001:secret', '<User/>'],
      ['/Nothing', '1001:secret', READY],
      ['/Users', '1001:secret', READY],
      ['/User/1001', '1001:secret', 'x'.repeat(70_000)],
    ] as const) {
      const response = await rest.ask('PUT', path, { as, body, headers })
      expect(response.statusCode).toBeGreaterThanOrEqual(400)
      expect(response.headers.requestid).toBe('a-2')
    }
    rest.engine.status = 'OUT_OF_SERVICE'
    expect((await rest.ask('PUT', '/User/1001', { body: READY, headers })).headers.requestid).toBe('a-2')
  })

  it('is refused above 256 characters, and ignored by reads', async () => {
    const long = { requestId: 'x'.repeat(257) }
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body: READY, headers: long }))).toBe(
      '400 Bad Request | requestId | Request is malformed or incomplete',
    )
    expect(rest.engine.commands).toEqual([])
    const fits = { requestId: 'x'.repeat(256) }
    expect((await rest.ask('PUT', '/User/1001', { body: READY, headers: fits })).statusCode).toBe(202)
    const read = await rest.ask('GET', '/User/1001', { headers: long })
    expect(read.statusCode).toBe(200)
    expect(read.headers.requestid).toBeUndefined()
  })

  it('is no part of the command when it is empty', async () => {
    await rest.ask('PUT', '/User/1001', { body: READY, headers: { requestId: '' } })
    expect(rest.engine.commands[0]).not.toHaveProperty('requestId')
  })
})

describe('the log', () => {
  it('holds neither credentials nor bodies', async () => {
    const lines: string[] = []
    const app = Fastify({ logger: { level: 'trace', stream: { write: (line) => void lines.push(line) } } })
    const engine = fakeEngine()
    engine.answer = new Error('broken')
    await app.register(finesse, { engine, accounts: fakeAccounts() })
    const headers = { authorization: basic('1001:secret'), 'content-type': 'application/xml' }
    await app.inject({ method: 'PUT', url: '/finesse/api/User/1001', headers, payload: READY })
    await app.close()
    const log = lines.join('')
    expect(log).toContain('request failed')
    for (const word of ['secret', basic('1001:secret'), '<User>']) expect(log).not.toContain(word)
  })
})

describe('CORS (ruling 42, notifications 1)', () => {
  const origin = { origin: 'https://gadget.example' }
  const preflight = { ...origin, 'access-control-request-method': 'PUT' }

  it('allows every origin by default', async () => {
    const asked = await rest.ask('OPTIONS', '/User/1001', { as: null, headers: preflight })
    expect(asked.statusCode).toBe(204)
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://gadget.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect(asked.headers['access-control-allow-headers']).toContain('requestId')
    expect(asked.headers['access-control-allow-methods']).toContain('PUT')
    const error = await rest.ask('GET', '/User/1002', { headers: origin })
    expect(error.headers['access-control-allow-origin']).toBe('https://gadget.example')
    rest.engine.status = 'OUT_OF_SERVICE'
    expect((await rest.ask('OPTIONS', '/User/1001', { as: null, headers: preflight })).statusCode).toBe(204)
  })

  it('adds nothing for callers without an origin', async () => {
    expect((await rest.ask('GET', '/User/1001')).headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('allows only the listed origins, or none', async () => {
    const listed = await server({ cors: { allow: ['https://gadget.example'] } })
    const none = await server({ cors: 'disable' })
    const of = async (from: Server, headers: Record<string, string>) =>
      (await from.ask('GET', '/User/1001', { headers })).headers['access-control-allow-origin']
    expect(await of(listed, origin)).toBe('https://gadget.example')
    expect(await of(listed, { origin: 'https://other.example' })).toBeUndefined()
    expect(await of(none, origin)).toBeUndefined()
    await Promise.all([listed.app.close(), none.app.close()])
  })
})
