/** Who may use `/acd`, and what everybody else is told. */
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

describe('who may', () => {
  it('needs credentials', async () => {
    const { status, json, headers } = await server.ask('GET', '/tasks', { as: null })
    expect(status).toBe(401)
    expect(json).toEqual(error('UNAUTHENTICATED', 'Authorization'))
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/)
  })

  it.each(['admin:wrong', 'nobody:secret', ':secret', 'admin'])('refuses %s', async (as) => {
    const { status, json } = await server.ask('GET', '/tasks', { as })
    expect(status).toBe(401)
    expect(json).toEqual(error('UNAUTHENTICATED', 'Authorization'))
    await server.ask('GET', '/tasks')
  })

  it.each(['Bearer abc', 'Basic', 'Basic !!!', `Basic ${'a'.repeat(8000)}`])(
    'refuses header no. %#',
    async (header) => {
      const { status } = await server.ask('GET', '/tasks', { as: null, headers: { authorization: header } })
      expect(status).toBe(401)
    },
  )

  it('refuses agents and supervisors with 403', async () => {
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

  it('tells strangers nothing about paths, methods and bodies', async () => {
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

  it('locks an administrator out where five wrong passwords come from, for five minutes; not who was right here', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) await server.ask('GET', '/tasks', { as: 'admin:wrong' })
    expect((await server.ask('GET', '/tasks')).status).toBe(200)
    // Nobody was right here lately.
    await server.clock.advance(31 * 60_000)
    for (let attempt = 0; attempt < 5; attempt += 1) await server.ask('GET', '/tasks', { as: 'admin:wrong' })
    expect((await server.ask('GET', '/tasks')).status).toBe(401)
    await server.clock.advance(300_000)
    expect((await server.ask('GET', '/tasks')).status).toBe(200)
  })
})

describe('paths and methods', () => {
  it.each(['', '/', '/nothing', '/tasks/1/2', '/faults/1'])('nothing at %s', async (path) => {
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
  ])('no %s at %s', async (method, path, allowed) => {
    const { status, json, headers } = await server.ask(method, path)
    expect(status).toBe(405)
    expect(json).toEqual(error('METHOD_NOT_ALLOWED', method))
    expect(headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.split(', ').toSorted())
  })

  it('an id of any length', async () => {
    const { status, json } = await server.ask('GET', `/tasks/${'x'.repeat(500)}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ error: 'NOT_FOUND' })
  })

  it('takes a slash at the end', async () => {
    expect((await server.ask('GET', '/tasks/')).status).toBe(200)
  })

  it('serves another prefix', async () => {
    const other = await acdServer({ prefix: '/control/acd' })
    const { headers } = await other.ask('POST', '/tasks', { body: { scriptSelector: 'email_support' } })
    expect(headers.get('location')).toBe('/control/acd/tasks/5001-1')
    expect((await other.ask('GET', '//acd/tasks')).status).toBe(404)
    await other.close()
  })

  it('has no CORS (ruling 42)', async () => {
    const { headers } = await server.ask('GET', '/tasks', { headers: { origin: 'https://desk.example.com' } })
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('bodies', () => {
  const post = (body: unknown, type?: string) =>
    server.ask('POST', '/tasks', { body, ...(type === undefined ? {} : { type }) })

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])('no %s', async (type) => {
    const { status, json } = await post('{"scriptSelector":"email_support"}', type)
    expect(status).toBe(415)
    expect(json).toEqual(error('UNSUPPORTED_MEDIA_TYPE', 'Content-Type'))
  })

  it('takes a charset', async () => {
    const { status } = await post({ scriptSelector: 'email_support' }, 'application/json; charset=UTF-8')
    expect(status).toBe(201)
  })

  it.each(['', '{', '[]', '"text"', 'null', '7', '{"a":1}}', '\u0000'])('not a JSON object: %j', async (body) => {
    const { status, json } = await post(body)
    expect(status).toBe(400)
    expect(json).toEqual(error('MALFORMED_JSON', 'body'))
  })

  it('no body at all', async () => {
    const { status, json } = await server.ask('POST', '/tasks')
    expect(status).toBe(400)
    expect(json).toEqual(error('MALFORMED_JSON', 'body'))
  })

  it('never repeats the body', async () => {
    const { json } = await post('{"variables":{"callVariable1":"4111111111111111"')
    expect(JSON.stringify(json)).not.toContain('4111')
  })

  it('at most 64 KiB', async () => {
    const { status, json } = await post(`{"scriptSelector":"${'x'.repeat(64 * 1024)}"}`)
    expect(status).toBe(413)
    expect(json).toEqual(error('BODY_TOO_LARGE', 'body'))
  })

  it('at most 64 KiB without a length in advance', async () => {
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

  it.each(Object.entries(HOSTILE_JSON))('meant to cost the server: %s', async (_, { path, body }) => {
    expect(body.length).toBeLessThanOrEqual(64 * 1024)
    const { status, json } = await server.ask('POST', `/${path}`, { body })
    expect([200, 201, 400]).toContain(status)
    if (status === 400) expect(json).toEqual(error(expect.any(String), expect.any(String)))
  })

  it('UTF-8 only', async () => {
    const response = await fetch(`${server.base}/acd/tasks`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' },
      body: Buffer.from('{"scriptSelector":"caf\xe9"}', 'latin1'),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(error('MALFORMED_JSON', 'body'))
  })
})
