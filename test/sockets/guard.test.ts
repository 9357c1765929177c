/** Connections without a session on each listener: limits in total, per address and in time. */
import { request } from 'node:http'
import { Agent, request as tlsRequest } from 'node:https'
import { type AddressInfo, connect, Socket } from 'node:net'
import { connect as connectTls, createServer } from 'node:tls'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { type ConnectionLimits, connectionGuard, hasSession } from '../../src/index.ts'
import { finesse } from '../../src/rest/index.ts'
import { Connection } from '../../src/sockets/connection.ts'
import { ConnectionGuard, Connections } from '../../src/sockets/index.ts'
import { fakeAccounts, fakeEngine } from '../rest/fake-engine.ts'
import { PATIENCE } from '../suite/patience.ts'
import { online, RawClient } from '../xmpp/support/raw-client.ts'
import { enter } from '../xmpp/support/sign-in.ts'
import { WebSocketClient } from '../xmpp/support/websocket-client.ts'
import { KNOCKS } from './flood.ts'
import type { Surface } from './flooded.ts'
import { ask, HONEST } from './honest.ts'

const FREE = { restPort: 0, restTlsPort: 0, httpBindPort: 0, httpBindTlsPort: 0, xmppPort: 0, xmppTlsPort: 0 } as const
const SURFACES = ['rest', 'restTls', 'httpBind', 'httpBindTls', 'xmpp', 'xmppTls'] as const
const OVER_TLS = ['restTls', 'httpBindTls', 'xmppTls'] as const
/** Names of the surfaces in the metrics. */
const NAMES = {
  rest: 'rest',
  restTls: 'rest-tls',
  httpBind: 'http-bind',
  httpBindTls: 'http-bind-tls',
  xmpp: 'xmpp',
  xmppTls: 'xmpp-tls',
} as const

const start = (connections: ConnectionLimits) =>
  startServer({ ...FREE, tls: 'self-signed', data: ':memory:', connections })

const portOf = (server: RunningServer, surface: Surface) => server.ports[surface] ?? 0

function open(port: number, from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => undefined).resume()
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)).once('close', () => resolve(socket)))
}

const closed = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise<void>((resolve) => socket.once('close', () => resolve()))

/** The counts of connections of one listener, without zeros. */
async function figures(server: RunningServer, surface: Surface): Promise<Record<string, number>> {
  const { text } = await got('http', portOf(server, 'rest'), '/metrics')
  const found = [...text.matchAll(/^mrdian_connections_(\w+)\{surface="([^"]+)"\} ([1-9]\d*)$/gm)]
  return Object.fromEntries(
    found.flatMap(([, name = '', of, value]) => (of === NAMES[surface] ? [[name, Number(value)]] : [])),
  )
}

interface Got {
  readonly status: number | undefined
  readonly location: string | undefined
  readonly cache: string | undefined
  readonly text: string
}

function got(
  scheme: 'http' | 'https',
  port: number,
  path: string,
  {
    method = 'GET',
    body = '',
    headers = {},
  }: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false as const, rejectUnauthorized: false }
    const sending = (scheme === 'https' ? tlsRequest : request)(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.on('end', () => {
        const { location, 'cache-control': cache } = response.headers
        resolve({ status: response.statusCode, location, cache, text })
      })
    })
    sending.once('error', reject).end(body)
  })
}

describe('the time limit', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start({ signInMs: 300 })
  })
  afterAll(() => server.close())

  it('closes connections without a session on every listener, whatever they have sent', async () => {
    const knocked = KNOCKS.map(({ surface, knock }) => ({ surface, socket: knock(portOf(server, surface)) }))
    await Promise.all(knocked.map(({ socket }) => closed(socket)))
    for (const surface of SURFACES) {
      // The request for the metrics is one connection itself.
      const left = surface === 'rest' ? 1 : 0
      await vi.waitFor(async () => expect((await figures(server, surface)).open ?? 0).toBe(left), PATIENCE)
      expect(await figures(server, surface)).toMatchObject({
        timed_out_total: knocked.filter((each) => each.surface === surface).length,
      })
    }
  })

  it('does not close a bound stream, a WebSocket and a connection with an authenticated request', async () => {
    const streams = [
      await online(portOf(server, 'xmpp'), '1001', 'a'),
      await enter(await RawClient.openTls(portOf(server, 'xmppTls')), '1001', { resource: 'b' }),
      await enter(await WebSocketClient.open(portOf(server, 'restTls'), 'wss'), '1001', { resource: 'c' }),
    ]
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
    const askAgain = () =>
      new Promise<string>((resolve, reject) => {
        const headers = { authorization: `Basic ${btoa('1001:secret')}` }
        const options = {
          host: '127.0.0.1',
          port: portOf(server, 'restTls'),
          path: '/finesse/api/User/1001',
          headers,
          agent,
        }
        const sending = tlsRequest(options, (response) => {
          response.resume().on('end', () => resolve(`${response.statusCode} ${sending.reusedSocket}`))
        })
        sending.once('error', reject).end()
      })
    expect(await askAgain()).toBe('200 false')
    // A connection that was opened later has been closed, so the time limit is over.
    await closed(await open(portOf(server, 'rest')))
    for (const stream of streams) await stream.barrier()
    expect(await askAgain()).toBe('200 true')
    agent.destroy()
    streams[0]?.stopReading()
    for (const { socket } of streams.slice(0, 2).filter((each) => each instanceof RawClient)) socket.destroy()
  })
})

describe('the time in which a connection waits for the server', () => {
  it('does not count towards the time limit', async () => {
    const guard = new ConnectionGuard({ signInMs: 50 })
    const open = guard.surface('test')
    const admit = () => {
      const connection = new Connection(new Socket(), open)
      guard.admit(connection)
      return connection
    }
    const waits = admit()
    guard.waited(waits, 600_000)
    const silent = admit()
    await closed(silent.socket)
    expect({ ...open }).toMatchObject({ open: 1, timedOut: 1 })
    expect(waits.socket.destroyed).toBe(false)
    waits.socket.destroy()
  })
})

describe('connections that wait for their turns', () => {
  it('count for the limit in total only, where the one that has waited longest makes way', async () => {
    const guard = new ConnectionGuard({ withoutSession: 2, total: 5 })
    const figures = guard.surface('test')
    const turns: number[] = []
    const all = [0, 1, 2, 3, 4, 5].map((number) => {
      // A reset of a socket that never was open is an error.
      const connection = new Connection(
        new Socket().on('error', () => undefined),
        figures,
      )
      guard.admit(connection)
      guard.awaitTurn(connection, () => turns.push(number))
      return connection
    })
    expect(turns).toEqual([0])
    expect({ ...figures }).toMatchObject({ open: 5, withoutSession: 5, waiting: 4, madeWay: 1 })
    await vi.waitFor(() => expect(turns).toEqual([0, 2, 3, 4, 5]), PATIENCE)
    expect(all.map(({ socket }) => socket.destroyed)).toEqual([true, true, true, true, false, false])
    expect({ ...figures }).toMatchObject({ open: 2, withoutSession: 2, waiting: 0, madeWay: 4 })
    for (const { socket } of all) socket.destroy()
    await vi.waitFor(() => expect({ ...figures }).toMatchObject({ open: 0, withoutSession: 0 }), PATIENCE)
  })

  it('have all of their time when their turn comes, however long they have waited', async () => {
    const guard = new ConnectionGuard({ signInMs: 1 })
    const figures = guard.surface('test')
    const connections = [0, 1].map(() => new Connection(new Socket(), figures))
    let isLate = false
    for (const connection of connections) {
      guard.admit(connection)
      // The first turn takes longer than the time limit, with the second that the guard adds to it.
      guard.awaitTurn(connection, () => {
        for (const end = performance.now() + 1500; !isLate && performance.now() < end; );
        isLate = true
      })
    }
    await vi.waitFor(() => expect(figures.waiting).toBe(0), PATIENCE)
    expect(connections[1]?.socket.destroyed).toBe(false)
    await vi.waitFor(() => expect({ ...figures }).toMatchObject({ open: 0, timedOut: 2 }), PATIENCE)
  })
})

describe('the limit in total', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start({ withoutSession: 4 })
  })
  afterAll(() => server.close())

  it.each(SURFACES)('%s: a new connection closes the oldest one, also of another listener', async (surface) => {
    const port = portOf(server, surface)
    const [first, ...others] = [await open(port), await open(port), await open(port), await open(port)]
    const newest = await open(portOf(server, surface === 'rest' ? 'xmppTls' : 'rest'))
    await closed(first)
    expect(others.map((socket) => socket.destroyed)).toEqual([false, false, false])
    for (const { getIn } of HONEST.filter((each) => each.surface === surface)) await getIn(port)
    for (const socket of [...others, newest]) socket.destroy()
    await Promise.all([...others, newest].map(closed))
    expect(await figures(server, surface)).toMatchObject({ made_way_total: expect.any(Number) })
  })
})

describe('the limit per address', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start({ perAddress: 2, proxies: ['127.0.0.9', '127.1.0.0/16'] })
  })
  afterAll(() => server.close())

  it.each(SURFACES)('%s: a new connection closes the oldest one from its address, and no other', async (surface) => {
    const port = portOf(server, surface)
    const other = await open(port, '127.0.0.2')
    const [first, second] = [await open(port, '127.0.0.3'), await open(port, '127.0.0.3')]
    const third = await open(port, '127.0.0.3')
    await closed(first)
    expect([other, second, third].map((socket) => socket.destroyed)).toEqual([false, false, false])
    expect(await figures(server, surface)).toMatchObject({
      refused_per_address_total: 1,
      // The request for the metrics is one connection itself.
      without_session: surface === 'rest' ? 4 : 3,
    })
    for (const socket of [other, second, third]) socket.destroy()
    await vi.waitFor(async () => expect((await figures(server, surface)).open ?? 0).toBeLessThan(2), PATIENCE)
  })

  it('a flood from one address closes only its own connections', async () => {
    const small = await start({ withoutSession: 16, perAddress: 4 })
    const ports = SURFACES.map((surface) => portOf(small, surface))
    const waiting = await open(portOf(small, 'xmpp'), '127.0.0.2')
    let floods = true
    const again = async (index: number) => {
      while (floods) {
        const socket = await open(ports[index % ports.length] ?? 0, '127.0.0.3')
        await closed(socket)
      }
    }
    const flooding = Array.from({ length: 24 }, (_, index) => again(index))
    for (const { surface, getIn } of HONEST) await getIn(portOf(small, surface))
    expect(waiting.destroyed).toBe(false)
    for (const surface of SURFACES) {
      const counted = await figures(small, surface)
      expect(counted).not.toHaveProperty('made_way_total')
      expect(counted).toHaveProperty('refused_per_address_total')
    }
    floods = false
    await small.close()
    await Promise.all(flooding)
  })

  it.each([
    [{}, 65_536, { withoutSession: 5000, perAddress: 1000 }],
    [{}, 1024, { withoutSession: 412, perAddress: 83 }],
    [{ users: 12_000 }, 1_000_000, { withoutSession: 24_000, perAddress: 4800 }],
    [{ users: 12_000 }, 20_000, { withoutSession: 12_000, perAddress: 2400 }],
    [{ users: 12_000 }, 10_000, { withoutSession: 7840, perAddress: 1568 }],
    [{ users: 12_000 }, 1024, { withoutSession: 659, perAddress: 132 }],
    [{ users: 12_000, withoutSession: 50 }, undefined, { withoutSession: 50, perAddress: 10 }],
    [{ withoutSession: 10 }, undefined, { withoutSession: 10, perAddress: 2 }],
    [{ withoutSession: 10, perAddress: 7 }, undefined, { withoutSession: 10, perAddress: 7 }],
  ])('%j with %j open files: is a fifth of the total unless given', (limits, files, expected) => {
    expect(new ConnectionGuard(limits, files).limits).toMatchObject(expected)
  })

  it('uses the client addresses that trusted proxies name, and ignores those of other machines', async () => {
    const port = portOf(server, 'httpBind')
    const half = async (from: string, header: string) => {
      const socket = await open(port, from)
      socket.write(`POST /http-bind HTTP/1.1\r\nHost: x\r\n${header}\r\nContent-Length: 5\r\n\r\n<`)
      return socket
    }
    const before = (await figures(server, 'httpBind')).refused_per_address_total ?? 0
    // Connections of a proxy without a request count for no address.
    const silent = [await open(port, '127.0.0.9'), await open(port, '127.0.0.9'), await open(port, '127.1.2.3')]
    const several = await Promise.all([
      half('127.0.0.9', 'X-Forwarded-For: 198.51.100.1, 192.0.2.1'),
      half('127.1.2.3', 'Forwarded: for=192.0.2.1;proto=https'),
      half('127.0.0.9', 'X-Forwarded-For: 192.0.2.2, 127.1.2.3'),
      half('127.0.0.9', 'X-Forwarded-For: 2001:db8::1'),
      half('127.0.0.9', 'Forwarded: for="[2001:db8::2]:47011"'),
    ])
    await vi.waitFor(async () => expect((await figures(server, 'httpBind')).without_session).toBe(8), PATIENCE)
    await half('127.0.0.9', 'X-Forwarded-For: ::ffff:192.0.2.1')
    await Promise.race(several.slice(0, 2).map(closed))
    await half('127.0.0.9', 'X-Forwarded-For: 2001:db8:0:0:ffff::3')
    await Promise.race(several.slice(3).map(closed))
    expect((await figures(server, 'httpBind')).refused_per_address_total).toBe(before + 2)
    // A machine that is not a proxy counts as one address, whatever its headers say.
    const liars = [
      await half('127.0.0.4', 'X-Forwarded-For: 192.0.2.7'),
      await half('127.0.0.4', 'X-Forwarded-For: 192.0.2.8'),
    ]
    await half('127.0.0.4', 'X-Forwarded-For: 192.0.2.9')
    await Promise.race(liars.map(closed))
    for (const socket of [...silent, ...several]) socket.destroy()
  })
})

describe('TLS', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start({})
  })
  afterAll(() => server.close())

  it.each(['restTls', 'httpBindTls'] as const)(
    '%s: plain HTTP is sent to the https address (user 1.2)',
    async (surface) => {
      const port = portOf(server, surface)
      const at = (path: string, options = {}) => got('http', port, path, options)
      const moved = (location: string) => ({ status: 301, location, cache: 'no-store', text: '' })
      expect(await at('/finesse/api/User/1001?a=%20b')).toEqual(
        moved(`https://127.0.0.1:${port}/finesse/api/User/1001?a=%20b`),
      )
      expect(await at('/x', { headers: { host: 'finesse.example.com:8445' } })).toEqual(
        moved('https://finesse.example.com:8445/x'),
      )
      expect(await at('/x', { headers: { host: 'a.example@b.example/' } })).toEqual(
        moved(`https://127.0.0.1:${port}/x`),
      )
      for (const method of ['PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH'])
        expect(await at('/y', { method, body: method.startsWith('P') ? '<User/>' : '' })).toEqual(
          moved(`https://127.0.0.1:${port}/y`),
        )
      expect(await figures(server, surface)).toMatchObject({ redirected_total: 8 })
    },
  )

  it('an upgrade without TLS is sent to the https address too', async () => {
    const port = portOf(server, 'restTls')
    const socket = await open(port)
    let heard = ''
    socket.on('data', (data) => {
      heard += String(data)
    })
    socket.write(`GET /ws HTTP/1.1\r\nHost: x:1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await closed(socket)
    expect(heard).toMatch(/^HTTP\/1\.1 301 .*\r\nLocation: https:\/\/x:1\/ws\r\nCache-Control: no-store\r\n/)
  })

  it.each(OVER_TLS)('%s: a connection whose handshake fails is closed', async (surface) => {
    const port = portOf(server, surface)
    const failing: readonly ((socket: Socket) => unknown)[] = [
      // Bytes that are no TLS and no HTTP, a broken record, an end in the middle of the handshake, an end before it.
      (socket) => socket.write('\0\0'),
      (socket) => socket.write(Buffer.from([22, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8])),
      (socket) => socket.end(Buffer.from([22, 3, 1, 2, 0, 1])),
      (socket) => socket.end(),
    ]
    for (const fail of failing) {
      const socket = await open(port)
      fail(socket)
      await closed(socket)
    }
    const old = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    await new Promise((resolve) => old.once('error', resolve))
    await vi.waitFor(async () => expect((await figures(server, surface)).open ?? 0).toBe(0), PATIENCE)
    expect(await figures(server, surface)).toMatchObject({ tls_failed_total: 3 })
  })

  it('a handshake that takes longer than its server allows is aborted', async () => {
    const guard = connectionGuard()
    const server = createServer({ handshakeTimeout: 50 })
    new Connections({ guard, surface: 'own' }).watch(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const socket = await open(isAddress(address) ? address.port : 0)
    socket.write(Buffer.from([22, 3, 1, 2, 0, 1]))
    await closed(socket)
    expect(guard.figures.get('own')).toMatchObject({ tlsFailed: 1, timedOut: 0 })
    server.close()
  })

  it('plain HTTP on the XMPP port closes the connection', async () => {
    const socket = await open(portOf(server, 'xmppTls'))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed(socket)
  })

  it('a server closes while handshakes are under way', async () => {
    const other = await start({})
    const sockets = await Promise.all(OVER_TLS.map((surface) => open(portOf(other, surface))))
    await other.close()
    await Promise.all(sockets.map(closed))
  })
})

describe('in a server of an embedder', () => {
  it('the plugin limits the connections of its server, and other routes report their sessions', async () => {
    const guard = connectionGuard({ withoutSession: 2 })
    const app = Fastify()
    app.get('/own', async ({ raw }) => {
      hasSession(raw.socket)
      return 'in'
    })
    await app.register(finesse, { engine: fakeEngine(), accounts: fakeAccounts(), connections: guard })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const address = app.server.address()
    const port = isAddress(address) ? address.port : 0
    const [first, own] = [await open(port), await open(port)]
    own.write('GET /own HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => own.once('data', resolve))
    const [second, third] = [await open(port), await open(port)]
    await closed(first)
    expect([own, second, third].map((socket) => socket.destroyed)).toEqual([false, false, false])
    expect(await ask('http', port)).toBe(200)
    for (const socket of [own, second, third]) socket.destroy()
    await app.close()
  })
})

const isAddress = (address: string | AddressInfo | null): address is AddressInfo =>
  typeof address === 'object' && address !== null
