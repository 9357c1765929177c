/**
 * What the owner knows of clients that ask it through a standby: their addresses, names, origins and sessions; and streams.
 *
 * Slow, 30 s: it starts PostgreSQL, and two servers for each test. More in `npm run test:whole`.
 */
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestTls } from 'node:https'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { ServerOptions } from '../../src/cli/server.ts'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { inPlaceOfOwner, knowsOwner, linesOfLog, newDatabase, startOwner, startStandby } from './pair.ts'

const basic = (user: string, password = 'secret') => `Basic ${btoa(`${user}:${password}`)}`
const ADMIN = { authorization: basic('admin') }

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly from?: string
  readonly agent?: Agent
}

function ask(base: string, { path, method = 'GET', headers = {}, from = '127.0.0.1', agent }: Asked) {
  return new Promise<{ status: number; cookie: string; text: string; socket: Socket | undefined }>(
    (resolve, reject) => {
      const { protocol, hostname, port } = new URL(base)
      const to = { hostname, port, path, method, headers, localAddress: from }
      const sent = protocol === 'https:' ? requestTls({ ...to, rejectUnauthorized: false }) : request({ ...to, agent })
      sent.on('error', reject)
      sent.on('response', (answer) => {
        let text = ''
        const socket = sent.socket ?? undefined
        answer.setEncoding('utf8').on('data', (more: string) => {
          text += more
        })
        answer.on('end', () => {
          const cookie = answer.headers['set-cookie']?.[0] ?? ''
          resolve({ status: answer.statusCode ?? 0, cookie, text, socket })
        })
      })
      sent.end()
    },
  )
}

describeWithPostgres('a client of a standby', () => {
  const cluster = clusterOfFile(0)

  const pair = async (ofOwner: ServerOptions = {}, ofStandby: ServerOptions = {}) => {
    const data = await newDatabase(cluster())
    const both = { inspect: 'viewer', tls: 'self-signed', connections: { proxies: ['127.0.0.1'] } } as const
    const owner = await startOwner(data, { ...both, ...ofOwner })
    const standby = await startStandby(data, { ...both, connections: {}, ...ofStandby })
    await knowsOwner(standby)
    return { owner, ownerBase: `http://127.0.0.1:${owner.ports.rest}`, standby }
  }

  const guess = (base: string, from: string, password: string, headers = {}) =>
    ask(base, { path: '/acd/tasks', from, headers: { authorization: basic('admin', password), ...headers } })

  it('counts at an owner that names the standby as its proxy for its own address, whatever it says', async () => {
    const { standby } = await pair()
    for (let number = 1; number <= 5; number += 1) {
      const forged = { 'x-forwarded-for': `127.0.0.3, 10.0.0.${number}`, forwarded: `for=10.0.0.${number}` }
      expect(await guess(standby.base, '127.0.0.2', 'wrong', forged)).toMatchObject({ status: 401 })
    }
    expect(await guess(standby.base, '127.0.0.2', 'secret')).toMatchObject({ status: 401 })
    expect(await guess(standby.base, '127.0.0.3', 'secret')).toMatchObject({ status: 200 })
  })

  it.runIf(isWhole)('is not told apart at an owner that does not name the standby', async () => {
    const { logger, line } = linesOfLog()
    const { standby } = await pair({ connections: {}, logger })
    for (let number = 1; number <= 5; number += 1) await guess(standby.base, '127.0.0.2', 'wrong')
    expect(await guess(standby.base, '127.0.0.3', 'secret')).toMatchObject({ status: 401 })
    expect(JSON.parse(await line('a standby that --trusted-proxies does not name'))).toMatchObject({
      address: '127.0.0.1',
    })
  })

  const signIn = (base: string, headers: Readonly<Record<string, string>>) =>
    ask(base, { path: '/inspect/board/tickets', method: 'POST', headers: { ...ADMIN, ...headers } })

  it.runIf(isWhole)('signs in to the pages under the names of the standby, and only from a page of it', async () => {
    const { ownerBase, standby } = await pair({}, { advertise: 'http://db2.example:8082' })
    const host = 'db2.example:8082'
    const status = async (headers: Readonly<Record<string, string>>) => (await signIn(standby.base, headers)).status
    expect(await status({ host, origin: `http://${host}` })).toBe(200)
    expect(await status({ host })).toBe(200)
    expect(await status({ host, origin: 'https://evil.example' })).toBe(403)
    // A page of the owner is one of another origin here.
    expect(await status({ host, origin: ownerBase })).toBe(403)
    // DNS rebinding.
    expect(await status({ host: 'evil.example', origin: 'http://evil.example' })).toBe(403)
    expect(await status({ host: 'evil.example' })).toBe(403)
    // The owner has another name, and what the client says about a name makes no difference.
    expect(await status({ host: 'evil.example', 'x-forwarded-host': host })).toBe(403)
    const info = { path: '/finesse/api/SystemInfo', headers: { host: 'evil.example' } }
    expect(await ask(standby.base, info)).toMatchObject({ status: 200 })
    expect(await ask(standby.base, { ...info, path: '/acd/tasks' })).toMatchObject({ status: 403 })
  })

  it.runIf(isWhole)('gets a cookie for the connection that it has to the standby', async () => {
    const { standby } = await pair()
    const forged = { 'x-forwarded-proto': 'https' }
    expect((await signIn(standby.base, forged)).cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect((await signIn(standby.baseTls, { 'x-forwarded-proto': 'http' })).cookie).toMatch(
      /; SameSite=Strict; Secure$/,
    )
    const { cookie } = await signIn(standby.base, {})
    const again = { cookie: cookie.split(';', 1)[0] ?? '' }
    const machines = { path: '/inspect/machines' }
    expect(await ask(standby.base, { ...machines, headers: again })).toMatchObject({ status: 200 })
    expect(await ask(standby.base, machines)).toMatchObject({ status: 401 })
  })

  it.runIf(isWhole)('keeps its connection when the owner has let it in, and loses it otherwise', async () => {
    const { standby } = await pair({}, { connections: { signInMs: 500 } })
    const [known, stranger] = [1, 2].map(() => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      onTestFinished(() => agent.destroy())
      return agent
    })
    const path = '/finesse/api/SystemInfo'
    const read = { path: '/finesse/api/User/1001', headers: { authorization: basic('1001') }, agent: known }
    const { socket } = await ask(standby.base, read)
    // Credentials that nobody checks are none.
    const other = await ask(standby.base, { path, headers: { authorization: basic('1001') }, agent: stranger })
    if (other.socket && !other.socket.destroyed) await once(other.socket, 'close')
    expect(socket?.destroyed).toBe(false)
    expect((await ask(standby.base, read)).socket).toBe(socket)
  })

  it('has the stream of the board, which ends when either end closes it', async () => {
    const { owner, standby } = await pair()
    const connected = async () => {
      const { ticket } = z.object({ ticket: z.string() }).parse(JSON.parse((await signIn(standby.base, {})).text))
      const stream = new WebSocket(`${standby.base.replace('http', 'ws')}/inspect/board/stream?ticket=${ticket}`)
      const [first] = await once(stream, 'message')
      return { stream, first: JSON.parse(String(first)) }
    }
    const { stream, first } = await connected()
    expect(first).toMatchObject({ type: expect.any(String) })
    const changed = once(stream, 'message')
    const sent = await fetch(`${standby.base}/finesse/api/User/1001`, {
      method: 'PUT',
      headers: { authorization: basic('1001'), 'content-type': 'application/xml' },
      body: '<User><state>LOGIN</state><extension>1001</extension></User>',
    })
    expect(sent.status).toBe(202)
    expect(String((await changed)[0])).toContain('1001')
    stream.close()
    await once(stream, 'close')
    const other = await connected()
    const ended = once(other.stream, 'close')
    await owner.close()
    await ended
  })

  it('has notifications over the WebSocket of the REST port', async () => {
    const { standby } = await pair()
    const stream = new WebSocket(`${standby.base.replace('http', 'ws')}/ws`, 'xmpp')
    await once(stream, 'open')
    const answered = once(stream, 'message')
    stream.send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>')
    expect(String((await answered)[0])).toContain('from="localhost"')
    stream.terminate()
  })

  it.runIf(isWhole)(
    'is refused as by the owner when it upgrades without a sign-in, or where there is no stream',
    async () => {
      const { ownerBase, standby } = await pair()
      const refused = async (base: string, path: string) => {
        const stream = new WebSocket(`${base.replace('http', 'ws')}${path}`)
        stream.on('error', () => undefined)
        const [, answer] = await once(stream, 'unexpected-response')
        let text = ''
        for await (const more of answer) text += more
        return { status: answer.statusCode, type: answer.headers['content-type'], text }
      }
      for (const path of ['/inspect/board/stream', '/inspect/stream?ticket=x'])
        expect(await refused(standby.base, path)).toEqual(await refused(ownerBase, path))
    },
  )

  it.runIf(isWhole)(
    'gets each piece of a long answer when it is there, and the owner hears that it has gone',
    async () => {
      const sockets = Promise.withResolvers<Socket>()
      const port = await inPlaceOfOwner((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
          sockets.resolve(socket)
        })
      })
      const { standby } = await pair({ advertise: `http://127.0.0.1:${port}` })
      const end = new AbortController()
      const answer = await fetch(`${standby.base}/events`, { signal: end.signal })
      const reader = answer.body?.getReader()
      const socket = await sockets.promise
      for (const piece of ['data: 1\n\n', 'data: 2\n\n']) {
        socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`)
        expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(piece)
      }
      end.abort()
      await once(socket, 'close')
    },
  )

  it.runIf(isWhole)('finds room when others connect in masses, and so does the owner', async () => {
    const held = Promise.withResolvers<void>()
    let requests = 0
    const port = await inPlaceOfOwner((socket) => {
      socket.once('data', () => {
        requests += 1
        if (requests === 10) held.resolve()
      })
    })
    const { standby } = await pair(
      { advertise: `http://127.0.0.1:${port}` },
      { connections: { total: 10, perAddress: 4 } },
    )
    // One connection with more requests than may be under way, none of which is answered.
    const client = connectHttp2(standby.baseTls, { rejectUnauthorized: false })
    onTestFinished(() => client.destroy())
    const streams = Array.from({ length: 12 }, () => client.request({ ':path': '/acd/tasks' }))
    for (const each of streams) each.on('error', () => undefined)
    const refused = streams.slice(10).map(async (stream) => {
      const [headers] = await once(stream, 'response')
      let text = ''
      for await (const more of stream) text += more
      return { status: headers[':status'], text }
    })
    const full = { status: 503, text: expect.stringContaining('; too many requests are under way"') }
    expect(await Promise.all(refused)).toEqual([full, full])
    await held.promise
    expect(requests).toBe(10)

    // Connections that say nothing make room for newer ones.
    const silent = Array.from({ length: 6 }, () => connect(Number(new URL(standby.base).port), '127.0.0.1'))
    for (const each of silent) each.on('error', () => undefined)
    const closed = silent.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    onTestFinished(() => {
      for (const each of silent) each.destroy()
    })
    await Promise.all(closed.slice(0, 2))
    expect(await ask(standby.base, { path: '/health' })).toMatchObject({ status: 503 })
  })
})
