/**
 * Answers through a standby are those of the owner, byte for byte.
 *
 * Slow, 30 s: it starts PostgreSQL and two servers with certificates. More in `npm run test:whole`.
 */

import { request as requestHttp } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { knowsOwner, newDatabase, startOwner, startStandby } from './pair.ts'

const basic = (user: string, password = 'secret') => `Basic ${btoa(`${user}:${password}`)}`
const AGENT = { authorization: basic('1001'), 'content-type': 'application/xml' }
const ADMIN = { authorization: basic('admin'), 'content-type': 'application/json' }
const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'

/** What a client sends. A body in pieces is chunked. */
interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | readonly string[]
}

/** What it gets. Headers of the connection, and those that differ from answer to answer, are left out. */
interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const VARIES = ['date', 'x-request-id', 'mrdian-forwarded-by', 'connection', 'keep-alive']

function without(headers: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !VARIES.includes(name) && !name.startsWith(':')))
}

function send(base: string, { method = 'GET', path, headers = {}, body }: Sent): Promise<Got & { by: unknown }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    const length =
      typeof body === 'string' || body instanceof Buffer ? { 'content-length': Buffer.byteLength(body) } : {}
    const request = requestHttp({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false })
    request.on('error', reject)
    request.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: without(answer.headers),
          body: Buffer.concat(chunks).toString('latin1'),
          by: answer.headers['mrdian-forwarded-by'],
        }),
      )
    })
    for (const each of piecesOf(body)) request.write(each)
    request.end()
  })
}

function sendHttp2(client: ClientHttp2Session, { method = 'GET', path, headers = {}, body }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const length =
      typeof body === 'string' || body instanceof Buffer ? { 'content-length': Buffer.byteLength(body) } : {}
    const asked = { ':method': method, ':path': path, ...length, ...headers }
    const stream = client.request(asked, { endStream: body === undefined })
    const chunks: Buffer[] = []
    let got: Readonly<Record<string, unknown>> = {}
    stream.on('response', (answer) => {
      got = answer
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () =>
      resolve({
        status: Number(got[':status']),
        headers: without(got),
        body: Buffer.concat(chunks).toString('latin1'),
      }),
    )
    for (const each of piecesOf(body)) stream.write(each)
    if (body !== undefined) stream.end()
  })
}

const piecesOf = (body: Sent['body'] = []) => (typeof body === 'string' || body instanceof Buffer ? [body] : body)

/** Sends bytes on a connection of its own, and reads until it ends. */
function sendRaw(base: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(text, 'latin1'))
    let seen = ''
    socket.setEncoding('latin1').on('data', (more: string) => {
      seen += more
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(seen))
  })
}

const SAME: Readonly<Record<string, Sent>> = {
  'no credentials': { path: '/finesse/api/User/1001' },
  'a wrong password': { path: '/finesse/api/User/1002', headers: { authorization: basic('1002', 'wrong') } },
  'a read': { path: '/finesse/api/User/1001', headers: AGENT },
  'a read that needs no credentials': { path: '/finesse/api/UserAuthMode/1001' },
  HEAD: { method: 'HEAD', path: '/finesse/api/User/1001', headers: AGENT },
  'another user': { path: '/finesse/api/User/1002', headers: AGENT },
  'an unknown user': { path: '/finesse/api/User/nobody', headers: { ...AGENT, authorization: basic('admin') } },
  'an unknown path': { path: '/finesse/api/Nothing', headers: AGENT },
  'a path of no API': { path: '/nothing?a=b' },
  'a path with a letter that is encoded': { path: '/finesse/api/User/100%31', headers: AGENT },
  'a path that is not well-formed': { path: '/finesse/api/User/%zz', headers: AGENT },
  'a method that is not allowed': { method: 'POST', path: '/finesse/api/User/1001', headers: AGENT, body: '<User/>' },
  'a method that nobody knows': { method: 'PROPFIND', path: '/finesse/api/User/1001', headers: AGENT },
  DELETE: { method: 'DELETE', path: '/finesse/api/TeamMessage/1', headers: AGENT },
  'a command': { method: 'PUT', path: '/finesse/api/User/1001', headers: { ...AGENT, requestId: 'r1' }, body: SIGN_IN },
  'a command in chunks': {
    method: 'PUT',
    path: '/finesse/api/User/1001/Media/5001',
    headers: AGENT,
    body: [
      '<Media><state>LOGIN</state>',
      '<maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>',
    ],
  },
  'a command without a body': { method: 'PUT', path: '/finesse/api/User/1001', headers: AGENT },
  'a body that is not XML': { method: 'PUT', path: '/finesse/api/User/1001', headers: AGENT, body: '<User' },
  'a body of another type': {
    method: 'PUT',
    path: '/finesse/api/User/1001',
    headers: { ...AGENT, 'content-type': 'text/plain' },
    body: SIGN_IN,
  },
  'a compressed body': {
    method: 'PUT',
    path: '/finesse/api/User/1001',
    headers: { ...AGENT, 'content-encoding': 'gzip' },
    body: gzipSync(SIGN_IN),
  },
  'a preflight request': {
    method: 'OPTIONS',
    path: '/finesse/api/User/1001',
    headers: { origin: 'https://desk.example', 'access-control-request-method': 'PUT' },
  },
  'a page of another origin': { path: '/finesse/api/User/1001', headers: { ...AGENT, origin: 'https://desk.example' } },
  'a page of another origin at /acd': { path: '/acd/tasks', headers: { ...ADMIN, origin: 'https://desk.example' } },
  'a range': { path: '/finesse/api/User/1001/PhoneBooks', headers: { ...AGENT, range: 'objects=1-1' } },
  JSON: { path: '/acd/tasks', headers: ADMIN },
  'JSON that is not well-formed': { method: 'POST', path: '/acd/tasks', headers: ADMIN, body: '{' },
  'a body that is too large': {
    method: 'POST',
    path: '/acd/tasks',
    headers: ADMIN,
    body: `"${'x'.repeat(200_000)}"`,
  },
  'a body of Finesse that is too large': {
    method: 'PUT',
    path: '/finesse/api/User/1001',
    headers: AGENT,
    body: `<User>${' '.repeat(200_000)}</User>`,
  },
  'a body in chunks that is too large': {
    method: 'PUT',
    path: '/finesse/api/User/1001',
    headers: AGENT,
    body: Array.from({ length: 20 }, () => ' '.repeat(10_000)),
  },
  'a page': { path: '/inspect/board' },
  'a page that needs a sign-in': { path: '/inspect/machines' },
  'the redirect of a page': { path: '/inspect' },
  'the task feed': { path: '/ccp/task/feed/1' },
}

describeWithPostgres('an answer through a standby', () => {
  const cluster = clusterOfFile(0)

  const pair = async () => {
    const data = await newDatabase(cluster())
    const options = { inspect: 'viewer', taskFeed: true, tls: 'self-signed' } as const
    const owner = await startOwner(data, options)
    const standby = await startStandby(data, options)
    await knowsOwner(standby)
    return { standby, owner, base: `http://127.0.0.1:${owner.ports.rest}` }
  }

  it('is that of the owner', async () => {
    const { standby, base } = await pair()
    for (const [name, sent] of Object.entries(SAME)) {
      const direct = await send(base, sent)
      const { by, ...through } = await send(standby.base, sent)
      const { by: _, ...wanted } = direct
      expect({ name, ...through }).toEqual({ name, ...wanted })
      if (name !== 'a path that is not well-formed') expect({ name, by }).toEqual({ name, by: expect.any(String) })
    }
  })

  describe('to bytes that proxies have been deceived with', () => {
    const HEAD = `Host: 127.0.0.1\r\nAuthorization: ${basic('1001')}\r\nContent-Type: application/xml\r\n`
    const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HEAD}\r\n`
    const put = (headers: string, body: string) => `PUT /finesse/api/User/1001 HTTP/1.1\r\n${HEAD}${headers}\r\n${body}`
    const HOSTILE: Readonly<Record<string, string>> = {
      'two lengths': put('Content-Length: 0\r\nContent-Length: 44\r\n', SMUGGLED),
      'two lengths in one header': put('Content-Length: 0, 44\r\n', SMUGGLED),
      'a length and chunks': put('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
      'chunks and a length': put('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SMUGGLED}`),
      'an encoding that is not the last one': put('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${SMUGGLED}`),
      'an unknown encoding': put('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`),
      'a space before the colon': put('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
      'a chunk whose length is no number': put('Transfer-Encoding: chunked\r\n', `x\r\n\r\n${SMUGGLED}`),
      'a folded header': put('X-A: b\r\n Content-Length: 44\r\nContent-Length: 0\r\n', SMUGGLED),
      'a header that ends in a bare line feed': put('X-A: b\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
      'a NUL in a header': put('X-A: b\0c\r\nContent-Length: 0\r\n', SMUGGLED),
    }

    it('is that of the owner, and nothing behind them arrives there', async () => {
      const { standby, base } = await pair()
      const comparable = (text: string) =>
        text.replaceAll(/^(?:date|x-request-id|keep-alive|mrdian-forwarded-by|connection): .*\r\n/gim, '')
      for (const [name, bytes] of Object.entries(HOSTILE)) {
        const [direct, through] = [await sendRaw(base, bytes), await sendRaw(standby.base, bytes)]
        expect({ name, status: through.slice(0, 12) }).toEqual({ name, status: 'HTTP/1.1 400' })
        expect({ name, text: comparable(through) }).toEqual({ name, text: comparable(direct) })
      }
    })

    it('keeps to the body that the client has sent, whatever Connection names', async () => {
      const { standby } = await pair()
      const named =
        'Connection: close, content-length, authorization, host, via, x-forwarded-for\r\nContent-Length: 5\r\n'
      const answer = await sendRaw(standby.base, put(named, '<User'))
      // The owner has seen no credentials, because the client said that they are not for it.
      expect(answer.slice(0, 12)).toBe('HTTP/1.1 401')
      expect(answer.match(/^HTTP/gm)).toHaveLength(1)
    })
  })

  it.runIf(isWhole)('over TLS is that of the owner, with HTTP/2 as with HTTP/1.1', async () => {
    const { standby, owner } = await pair()
    const ask = async (base: string, sent: Sent) => {
      const client = connectHttp2(base, { rejectUnauthorized: false })
      try {
        return await sendHttp2(client, sent)
      } finally {
        client.close()
      }
    }
    for (const [name, sent] of Object.entries(SAME)) {
      const direct = await ask(`https://127.0.0.1:${owner.ports.restTls}`, sent)
      expect({ name, ...(await ask(standby.baseTls, sent)) }).toEqual({ name, ...direct })
    }
  })
})
