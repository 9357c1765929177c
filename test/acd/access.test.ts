/** Access to `/acd`, and its answers to requests that are refused. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOSTILE_JSON } from './hostile.ts'
import { type AcdServer, acdServer } from './server.ts'

let server: AcdServer
beforeAll(async () => {
  server = await acdServer()
})
afterAll(() => server.close())

const error = (code: string, about: string) => ({ error: code, message: expect.stringMatching(/\w+ \w+/), about })

describe('access', () => {
  it('needs credentials', async () => {
    const { status, json, headers } = await server.ask('GET', '/tasks', { as: null })
    expect(status).toBe(401)
    expect(json).toEqual(error('UNAUTHENTICATED', 'Authorization'))
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/)
  })

  it.each(['admin:wrong', 'nobody:secret', ':secret', 'admin'])('is refused for %s', async (as) => {
    const { status, json } = await server.ask('GET', '/tasks', { as })
    expect(status).toBe(401)
    expect(json).toEqual(error('UNAUTHENTICATED', 'Authorization'))
    await server.ask('GET', '/tasks')
  })

  it.each(['Bearer abc', 'Basic', 'Basic !!!', `Basic ${'a'.repeat(8000)}`])(
    'is refused for header no. %#',
    async (header) => {
      const { status } = await server.ask('GET', '/tasks', { as: null, headers: { authorization: header } })
      expect(status).toBe(401)
    },
  )

  it('is refused for agents and supervisors with 403', async () => {
    for (const [as, id] of [
      ['1001:secret', '1001'],
      ['csmith:secret', '1234'],
    ] as const) {
      const { status, json, headers } = await server.ask('GET', '/tasks', { as })
      expect(status).toBe(403)
      expect(json).toEqual(error('FORBIDDEN', id))
      expect(headers.get('www-authenticate')).toBeNull()
    }
  })

  it('is checked before path, method and body', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/tasks'],
      ['POST', '/tasks'],
      ['OPTIONS', '/tasks'],
    ] as const) {
      const body = method === 'POST' ? '{' : undefined
      expect((await server.ask(method, path, { as: null, ...(body ? { body } : {}) })).status).toBe(401)
    }
  })

  it('is locked for five minutes at an address with five wrong passwords, unless the right one was sent there', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) await server.ask('GET', '/tasks', { as: 'admin:wrong' })
    expect((await server.ask('GET', '/tasks')).status).toBe(200)
    // After so much time the last right password from this address is forgotten.
    await server.clock.advance(31 * 60_000)
    for (let attempt = 0; attempt < 5; attempt += 1) await server.ask('GET', '/tasks', { as: 'admin:wrong' })
    expect((await server.ask('GET', '/tasks')).status).toBe(401)
    await server.clock.advance(300_000)
    expect((await server.ask('GET', '/tasks')).status).toBe(200)
  })
})

describe('paths and methods', () => {
  it.each(['', '/', '/nothing', '/tasks/1/2', '/faults/1'])('%s is not found', async (path) => {
    const { status, json } = await server.ask('GET', path)
    expect(status).toBe(404)
    expect(json).toEqual(error('NOT_FOUND', `/acd${path}`))
  })

  it.each([
    ['PUT', '/tasks', 'GET, HEAD, POST'],
    ['DELETE', '/tasks', 'GET, HEAD, POST'],
    ['POST', '/tasks/5001-1', 'GET, HEAD, DELETE'],
    ['DELETE', '/calls/1', 'GET, HEAD, POST'],
    ['PATCH', '/faults', 'GET, HEAD, POST'],
    ['OPTIONS', '/faults/', 'GET, HEAD, POST'],
  ])('%s is not allowed at %s', async (method, path, allowed) => {
    const { status, json, headers } = await server.ask(method, path)
    expect(status).toBe(405)
    expect(json).toEqual(error('METHOD_NOT_ALLOWED', method))
    expect(headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.split(', ').toSorted())
  })

  it('a very long id is not found', async () => {
    const { status, json } = await server.ask('GET', `/tasks/${'x'.repeat(500)}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ error: 'NOT_FOUND' })
  })

  it('a slash at the end is allowed', async () => {
    expect((await server.ask('GET', '/tasks/')).status).toBe(200)
  })

  it('another prefix can be chosen', async () => {
    const other = await acdServer({ prefix: '/control/acd' })
    const { headers } = await other.ask('POST', '/tasks', { body: { scriptSelector: 'email_support' } })
    expect(headers.get('location')).toBe('/control/acd/tasks/5001-1')
    expect((await other.ask('GET', '//acd/tasks')).status).toBe(404)
    await other.close()
  })

  it('answers have no CORS headers (ruling 42)', async () => {
    const { headers } = await server.ask('GET', '/tasks', { headers: { origin: 'https://desk.example.com' } })
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('bodies', () => {
  const post = (body: unknown, type?: string) =>
    server.ask('POST', '/tasks', { body, ...(type === undefined ? {} : { type }) })

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'cannot be %s',
    async (type) => {
      const { status, json } = await post('{"scriptSelector":"email_support"}', type)
      expect(status).toBe(415)
      expect(json).toEqual(error('UNSUPPORTED_MEDIA_TYPE', 'Content-Type'))
    },
  )

  it('may have a charset in their type', async () => {
    const { status } = await post({ scriptSelector: 'email_support' }, 'application/json; charset=UTF-8')
    expect(status).toBe(201)
  })

  it.each(['', '{', '[]', '"text"', 'null', '7', '{"a":1}}', '\u0000'])('must be JSON objects: %j', async (body) => {
    const { status, json } = await post(body)
    expect(status).toBe(400)
    expect(json).toEqual(error('MALFORMED_JSON', 'body'))
  })

  it('are required', async () => {
    const { status, json } = await server.ask('POST', '/tasks')
    expect(status).toBe(400)
    expect(json).toEqual(error('MALFORMED_JSON', 'body'))
  })

  it('are not repeated in the answer', async () => {
    const { json } = await post('{"variables":{"callVariable1":"4111111111111111"')
    expect(JSON.stringify(json)).not.toContain('4111')
  })

  it('have at most 64 KiB', async () => {
    const { status, json } = await post(`{"scriptSelector":"${'x'.repeat(64 * 1024)}"}`)
    expect(status).toBe(413)
    expect(json).toEqual(error('BODY_TOO_LARGE', 'body'))
  })

  it('have at most 64 KiB without Content-Length too', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(server.base)
      const sent = request({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/acd/tasks',
        headers: {
          authorization: `Basic ${btoa('admin:secret')}`,
          'content-type': 'application/json',
          'transfer-encoding': 'chunked',
        },
      })
      sent.on('response', (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject)
      for (let chunk = 0; chunk < 65; chunk += 1) sent.write(' '.repeat(1024))
      sent.end()
    })
    expect(status).toBe(413)
  })

  it.each(Object.entries(HOSTILE_JSON))('that are hostile are answered: %s', async (_, { path, body }) => {
    expect(body.length).toBeLessThanOrEqual(64 * 1024)
    const { status, json } = await server.ask('POST', `/${path}`, { body })
    expect([200, 201, 400]).toContain(status)
    if (status === 400) expect(json).toEqual(error(expect.any(String), expect.any(String)))
  })

  it('must be UTF-8', async () => {
    const response = await fetch(`${server.base}/acd/tasks`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' },
      body: Buffer.from('{"scriptSelector":"caf\xe9"}', 'latin1'),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(error('MALFORMED_JSON', 'body'))
  })
})
