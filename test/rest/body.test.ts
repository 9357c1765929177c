import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PATIENCE } from '../suite/patience.ts'
import { basic, errorOf, type Server, server } from './server.ts'

let rest: Server
beforeEach(async () => {
  rest = await server()
})
afterEach(() => rest.app.close())

const READY = '<User><state>READY</state></User>'

describe('content types (ruling 21)', () => {
  it.each([
    'application/xml',
    'Application/XML',
    'text/xml',
    'application/xml; charset=utf-8',
    'application/xml;charset="UTF-8"',
    'application/xml; version=1; charset=UTF8',
    'application/xml; charset=iso-8859-1',
    'text/xml;charset=US-ASCII',
    'application/xml;charset',
    'application/xml;;',
  ])('accepts %s', async (type) => {
    expect((await rest.ask('PUT', '/User/1001', { body: READY, type })).statusCode).toBe(202)
  })

  it.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml; charset=utf_8',
    'application/xml; charset=iso-2022-kr',
    "application/xml; charset='utf-8'",
    'application/xml\u00a0',
    'application/xml\u00a0; charset=utf-8',
    'application/xmlx',
    'application/xml, application/xml',
    'xml',
    'application/',
  ])('refuses %s with 415', async (type) => {
    const response = await rest.ask('PUT', '/User/1001', { body: READY, type })
    expect(errorOf(response)).toMatch(/^415 Unsupported Media Type \|/)
    expect(rest.engine.commands).toEqual([])
  })

  it('refuses a body without content type', async () => {
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body: READY, type: null }))).toMatch(/^415 /)
  })

  it('checks the right to send a body before the body', async () => {
    expect((await rest.ask('PUT', '/User/1002', { body: '{}', type: 'application/json' })).statusCode).toBe(401)
  })

  it('ignores the content type of a read', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await rest.ask('GET', '/User/1001', { headers })).statusCode).toBe(200)
  })
})

describe('bodies', () => {
  it('refuses bytes that are not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('<User><state>'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('</state></User>'),
    ])
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body }))).toMatch(/^400 Bad Request \| encoding/)
  })

  it('refuses more than 64 KiB with 400', async () => {
    const body = `<User><state>READY</state>${' '.repeat(64 * 1024)}</User>`
    expect(errorOf(await rest.ask('PUT', '/User/1001', { body }))).toMatch(/^400 Bad Request \|/)
    const small = await server({ bodyLimit: 10 })
    expect((await small.ask('PUT', '/User/1001', { body: READY })).statusCode).toBe(400)
    await small.app.close()
  })

  it('answers any bytes with a documented status and error type', async () => {
    // Any bytes with the first ones of a zip file are a compressed log.
    const logged = await server({ clientLogs: { keep: () => Promise.reject(new Error('nothing is kept')) } })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ...['PUT /User/1001', 'PUT /User/1001/Media/5002', 'PUT /Dialog/1001_5_1', 'PUT /Dialog/14095381'],
          ...['POST /User/1001/Dialogs', 'POST /TeamMessage', 'POST /TeamMessages'],
          ...['POST /User/1001/ClientLog', 'POST /User/1001/CompressedClientLog'],
        ),
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map(Buffer.from)),
        async (operation, bytes) => {
          const [method, path = ''] = operation.split(' ')
          // Agents may not write messages, whatever the body is.
          const as = path.startsWith('/TeamMessage') ? 'admin:secret' : '1001:secret'
          const response = await logged.ask(method === 'PUT' ? 'PUT' : 'POST', path, { as, body: Buffer.from(bytes) })
          expect(response.statusCode).toBe(400)
          expect(errorOf(response)).toMatch(/^400 (Bad Request|Parameter Missing|Invalid Input) \|/)
        },
      ),
      { numRuns: 600 },
    )
    await logged.app.close()
  })

  it('answers any XML with 202 or a documented status', async () => {
    const name = fc.constantFrom(
      ...['User', 'Media', 'Dialog', 'state', 'extension', 'mobileAgent', 'mode', 'dialNumber', 'reasonCodeId'],
      ...['TeamMessage', 'duration', 'content', 'teams', 'team', 'fromAddress', 'toAddress'],
      ...['maxDialogLimit', 'interruptAction', 'routable', 'requestedAction', 'target', 'targetMediaAddress', 'x'],
    )
    const text = fc.constantFrom(
      '',
      'LOGIN',
      'READY',
      'LOGOUT',
      '4',
      'ACCEPT',
      'TRANSFER',
      'true',
      '0012',
      '&#65;',
      'é',
    )
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.tuple(name, fc.array(tie('tree'), { maxLength: 5 })).map(([n, inner]) => `<${n}>${inner.join('')}</${n}>`),
      ),
    }))
    const target = fc.constantFrom<readonly ['PUT' | 'POST', string, string]>(
      ['PUT', '/User/1001', 'User'],
      ['PUT', '/User/1001/Media/5002', 'Media'],
      ['PUT', '/Dialog/1001_5_1', 'Dialog'],
      ['PUT', '/Dialog/14095381', 'Dialog'],
      ['POST', '/User/1001/Dialogs', 'Dialog'],
      ['POST', '/TeamMessage', 'TeamMessage'],
    )
    await fc.assert(
      fc.asyncProperty(target, fc.array(tree, { maxLength: 6 }), async ([method, path, root], inner) => {
        const response = await rest.ask(method, path, { body: `<${root}>${inner.join('')}</${root}>` })
        expect([202, 400, 401, 501]).toContain(response.statusCode)
        if (response.statusCode !== 202) expect(errorOf(response)).not.toMatch(/no XML/)
      }),
      { numRuns: 500 },
    )
  })

  it('answers any path with a documented status', async () => {
    const part = fc.oneof(
      fc.constantFrom('User', '1001', 'Media', '5002', 'Dialogs', 'Dialog', 'Team', '', '%', '%00', '?', ';', '*'),
      fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text.toWellFormed()).replaceAll('.', '')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const response = await rest.ask('GET', `//finesse/api/${parts.join('/')}`)
        expect([200, 400, 401, 404]).toContain(response.statusCode)
        if (response.statusCode !== 200) expect(errorOf(response)).not.toMatch(/no XML/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('over a socket', () => {
  async function exchange(chunks: readonly (string | Buffer)[], pause = 0): Promise<string> {
    await rest.app.listen({ port: 0, host: '127.0.0.1' })
    const address = rest.app.server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return new Promise((resolve, reject) => {
      const socket = connect(address.port, '127.0.0.1')
      let received = ''
      socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')))
      socket.on('data', (data) => {
        received += data.toString()
      })
      socket.on('error', (error) => (received === '' ? reject(error) : undefined))
      socket.on('close', () => resolve(received))
      void (async () => {
        for (const chunk of chunks) {
          if (!socket.destroyed) socket.write(chunk)
          if (pause > 0) await new Promise((wake) => setTimeout(wake, pause))
        }
      })()
    })
  }

  const head = (lines: readonly string[]) =>
    ['PUT /finesse/api/User/1001 HTTP/1.1', 'Host: x', `Authorization: ${basic('1001:secret')}`, ...lines, '', ''].join(
      '\r\n',
    )

  it('accepts a body that arrives byte by byte, in chunks', async () => {
    const lines = ['Content-Type: application/xml', 'Transfer-Encoding: chunked', 'Connection: close', 'requestId: s-1']
    const chunks = [...READY].map((character) => `1\r\n${character}\r\n`)
    const answer = await exchange([head(lines), ...chunks, '0\r\n\r\n'], 1)
    expect(answer).toMatch(/^HTTP\/1\.1 202 /)
    expect(answer.toLowerCase()).toContain('requestid: s-1')
    expect(answer).toContain('content-length: 0')
  })

  it('does not wait for the rest of a body that is too long', async () => {
    const announced = await exchange([head(['Content-Type: application/xml', 'Content-Length: 1000000000'])])
    expect(announced).toMatch(/^HTTP\/1\.1 400 /)
    expect(announced).toContain('<ErrorType>Bad Request</ErrorType>')
  })

  it('stops reading a chunked body that never ends', async () => {
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
    const lines = ['Content-Type: application/xml', 'Transfer-Encoding: chunked']
    const answer = await exchange([head(lines), ...Array<string>(8).fill(chunk)], 5)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('answers oversized headers with 431', async () => {
    const oversized = await exchange([head([`requestId: ${'x'.repeat(40_000)}`])])
    expect(oversized).toMatch(/^HTTP\/1\.1 431 /)
    expect(oversized).toContain('<ApiErrors>')
  })

  it('answers 400 to bytes that are no HTTP, and goes on', async () => {
    expect(await exchange(['\u0016\u0003\u0001 hello\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 /)
    expect((await rest.ask('GET', '/User/1001')).statusCode).toBe(200)
  })
})
