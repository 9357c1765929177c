/**
 * A lost side breaks its connections. A side that is stopped sends a message first (`notifications 9.5`, 12.2; ruling
 * 49).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../../src/cli/server.ts'
import type { ServerPorts } from '../../../src/cli/side.ts'
import { BASIC, bosh, boshBody, frame, http, http2Line, Line, OPEN, signsIn, UPGRADE } from './line.ts'

const PORTS = {
  restPort: 0,
  restTlsPort: 0,
  httpBindPort: 0,
  httpBindTlsPort: 0,
  xmppPort: 0,
  xmppTlsPort: 0,
} as const

let server: RunningServer
beforeEach(async () => {
  server = await startServer({ ...PORTS, sideB: PORTS, tls: 'self-signed', data: ':memory:' })
})
afterEach(() => server.close())

const portsOf = (side: 'A' | 'B'): ServerPorts => (side === 'A' ? server.ports : (server.sideB?.ports ?? {}))
const ALL = ['rest', 'restTls', 'httpBind', 'httpBindTls', 'xmpp', 'xmppTls'] as const
type Surface = (typeof ALL)[number]
const HTTP = ['rest', 'restTls', 'httpBind', 'httpBindTls'] as const
const REST = ['rest', 'restTls'] as const

const lineTo = (surface: Surface, side: 'A' | 'B' = 'A') => {
  const port = portsOf(side)[surface]
  return surface.endsWith('Tls') ? Line.tls(port) : Line.tcp(port)
}
const loses = (side: 'A' | 'B' = 'A') => server.engine.fault({ type: 'side', side, up: false })
const isBack = (side: 'A' | 'B' = 'A') => server.engine.fault({ type: 'side', side, up: true })

const SYSTEM_INFO = http('GET', '/finesse/api/SystemInfo')

/** Connections that may be open to a side. */
const SCENES: readonly (readonly [string, () => Promise<Line>])[] = [
  ...ALL.map((surface) => [`${surface}: nothing said yet`, () => lineTo(surface)] as const),
  ...(['restTls', 'httpBindTls', 'xmppTls'] as const).map(
    (surface) => [`${surface}: before the handshake`, () => Line.tcp(portsOf('A')[surface])] as const,
  ),
  ...REST.map((surface) => [`${surface}: kept alive`, () => spoken(surface, SYSTEM_INFO, '</SystemInfo>')] as const),
  ...REST.map(
    (surface) =>
      [
        `${surface}: in the middle of a request`,
        async () => {
          const line = await lineTo(surface)
          await line.begins(
            http(
              'PUT',
              '/finesse/api/User/1001',
              '<User>',
              `Authorization: ${BASIC('1001')}\r\nContent-Type: application/xml\r\n`,
              100,
            ),
          )
          return line
        },
      ] as const,
  ),
  ...HTTP.map((surface) => [`${surface}: WebSocket`, () => webSocket(surface)] as const),
  ...HTTP.map((surface) => [`${surface}: BOSH, a request that waits`, () => boshWaits(surface)] as const),
  ...HTTP.map(
    (surface) => [`${surface}: BOSH, between two requests`, () => spoken(surface, bosh(1), '</body>')] as const,
  ),
  ...(['xmpp', 'xmppTls'] as const).map(
    (surface) =>
      [
        `${surface}: a session`,
        async () => {
          const line = await lineTo(surface)
          await signsIn(line, '1001', surface)
          return line
        },
      ] as const,
  ),
]

async function spoken(surface: Surface, text: string, wanted: string): Promise<Line> {
  const line = await lineTo(surface)
  await line.says(text, wanted)
  return line
}

async function webSocket(surface: Surface): Promise<Line> {
  const line = await spoken(surface, UPGRADE, '\r\n\r\n')
  await line.says(frame(OPEN), '</stream:features>')
  return line
}

async function boshWaits(surface: Surface): Promise<Line> {
  const line = await lineTo(surface)
  const sid = / sid="(\w+)"/.exec(await line.says(bosh(1), '</body>'))?.[1]
  const { bytesIn } = server.notifications.figures
  await line.begins(bosh(2, sid))
  // Waits until the server has read the request.
  while (server.notifications.figures.bytesIn === bytesIn) await new Promise((resolve) => setImmediate(resolve))
  return line
}

const RESET = { code: 'ECONNRESET', told: '' }

describe('the loss of a side (ruling 49)', () => {
  it('resets all its connections without a message, and none of the other side', async () => {
    const lines: Record<string, Line> = {}
    for (const [name, open] of SCENES) lines[name] = await open()
    const others = await Promise.all(REST.map((surface) => lineTo(surface, 'B')))
    await loses()
    const ends: Record<string, unknown> = {}
    for (const [name, line] of Object.entries(lines)) ends[name] = await line.ended
    expect(ends).toEqual(Object.fromEntries(SCENES.map(([name]) => [name, RESET])))
    for (const line of others) {
      expect(await line.says(SYSTEM_INFO, '</SystemInfo>')).toContain('<status>IN_SERVICE</status>')
      line.hangUp()
    }
  })

  it('ends HTTP/2 sessions without a GOAWAY, idle or busy', async () => {
    const [idle, busy] = [http2Line(server.ports.restTls), http2Line(server.ports.restTls)]
    const get = { ':path': '/finesse/api/SystemInfo' }
    for (const session of [idle, busy]) expect((await session.ask(get)).status).toBe(200)
    const post = { ':path': '/http-bind', ':method': 'POST' }
    const sid = / sid="(\w+)"/.exec((await busy.ask(post, boshBody(1))).body)?.[1]
    const waiting = busy.ask(post, boshBody(2, sid)).then(
      () => 'answered',
      () => 'broken',
    )
    // The answer comes after the server has read the waiting request.
    await busy.ask(get)
    await loses()
    expect(await Promise.all([idle.ended, busy.ended])).toEqual(Array(2).fill({ code: 'ECONNRESET', goaways: 0 }))
    expect(await waiting).toBe('broken')
  })

  it('leaves no request without an end', async () => {
    const authorization = BASIC('1001')
    const session = http2Line(server.ports.restTls)
    const asked = Promise.allSettled([
      ...Array.from({ length: 10 }, () => session.ask({ ':path': '/finesse/api/User/1001', authorization })),
      ...Array.from({ length: 10 }, () =>
        fetch(`http://127.0.0.1:${server.ports.rest}/finesse/api/User/1001`, { headers: { authorization } }),
      ),
    ])
    await session.ask({ ':path': '/finesse/api/SystemInfo' })
    await loses()
    await asked
    expect((await session.ended).goaways).toBe(0)
  })

  it('refuses all connections until the side is back', async () => {
    await loses()
    for (const surface of ALL) {
      const line = await lineTo(surface)
      expect([surface, await line.ended]).toEqual([surface, RESET])
    }
    expect(await http2Line(server.ports.restTls).ended).toEqual({ code: 'ECONNRESET', goaways: 0 })
    for (const path of ['/finesse/api/SystemInfo', '/acd/faults', '/health', '/metrics'])
      await expect(fetch(`http://127.0.0.1:${server.ports.rest}${path}`)).rejects.toThrow()
    await isBack()
    for (const [name, open] of SCENES) {
      const line = await open().catch((error: unknown) => expect.fail(`${name}: ${error}`))
      line.hangUp()
    }
  })

  it('ends the sessions of BOSH for good', async () => {
    const line = await lineTo('httpBind')
    const sid = / sid="(\w+)"/.exec(await line.says(bosh(1), '</body>'))?.[1]
    await loses()
    await line.ended
    await isBack()
    const again = await lineTo('httpBind')
    expect(await again.says(bosh(2, sid), /<body[^>]*\/>/)).toContain('condition="item-not-found"')
    again.hangUp()
  })

  it('stays in force after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mrdian-lost-'))
    const options = { ...PORTS, sideB: PORTS, tls: 'self-signed', data: join(folder, 'state.db') } as const
    const former = await startServer(options)
    await former.engine.fault({ type: 'side', side: 'A', up: false })
    await former.close()
    const latter = await startServer(options)
    for (const surface of ALL) {
      const port = latter.ports[surface]
      expect(await (await (surface.endsWith('Tls') ? Line.tls(port) : Line.tcp(port))).ended).toEqual(RESET)
    }
    await latter.engine.fault({ type: 'side', side: 'A', up: true })
    expect((await fetch(`http://127.0.0.1:${latter.ports.rest}/health`)).status).toBe(200)
    await latter.close()
    await rm(folder, { recursive: true })
  })

  it('is over after a reset', async () => {
    const other = await startServer({ ...PORTS, sideB: PORTS, virtualTime: true })
    await other.engine.fault({ type: 'side', side: 'A', up: false })
    await expect(fetch(`http://127.0.0.1:${other.ports.rest}/health`)).rejects.toThrow()
    await other.engine.reset()
    expect((await fetch(`http://127.0.0.1:${other.ports.rest}/health`)).status).toBe(200)
    await other.close()
  })
})

describe('POST /acd/faults to the side that is to be lost', () => {
  const body = JSON.stringify({ type: 'side', side: 'A', up: false })
  const headers = `Content-Type: application/json\r\nAuthorization: ${BASIC('admin')}\r\n`

  it.each(REST)('is answered before its connection ends: %s', async (surface) => {
    const [line, witness] = await Promise.all([lineTo(surface), lineTo(surface)])
    const answer = await line.says(http('POST', '/acd/faults', body, headers), '}')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK.*\{"type":"side","side":"A","up":false\}$/s)
    expect((await line.ended).told).toBe('')
    expect(await witness.ended).toEqual(RESET)
  })

  it('is answered before its connection ends: HTTP/2', async () => {
    const session = http2Line(server.ports.restTls)
    const asked = { ':path': '/acd/faults', ':method': 'POST', 'content-type': 'application/json' }
    expect(await session.ask({ ...asked, authorization: BASIC('admin') }, body)).toEqual({ status: 200, body })
    await session.ended
  })

  it('is refused for the last side that is up, because no request could end it', async () => {
    const ask = async (side: string, up: boolean) => {
      const response = await fetch(`http://127.0.0.1:${portsOf('B').rest}/acd/faults`, {
        method: 'POST',
        headers: { authorization: BASIC('admin'), 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'side', side, up }),
      })
      return [response.status, await response.json()]
    }
    expect((await ask('A', false))[0]).toBe(200)
    const message = 'side B is the only side that is up: no request could end this fault'
    expect(await ask('B', false)).toEqual([409, { error: 'LAST_SIDE', message, about: 'side' }])
    expect((await ask('A', true))[0]).toBe(200)
    expect((await fetch(`http://127.0.0.1:${server.ports.rest}/health`)).status).toBe(200)
  })
})

describe('an orderly stop (notifications 9.5)', () => {
  const transports: readonly (readonly [string, () => Promise<Line>])[] = [
    ...HTTP.map((surface) => [`WebSocket, ${surface}`, () => webSocket(surface)] as const),
    ...HTTP.map((surface) => [`BOSH, ${surface}`, () => boshWaits(surface)] as const),
    ...(['xmpp', 'xmppTls'] as const).map((surface) => {
      const open = async () => {
        const line = await lineTo(surface)
        await signsIn(line, '1001', surface)
        return line
      }
      return [surface, open] as const
    }),
  ]

  it('sends system-shutdown on every transport and closes the connections normally', async () => {
    const lines: Record<string, Line> = {}
    for (const [name, open] of transports) lines[name] = await open()
    const session = http2Line(server.ports.restTls)
    const post = { ':path': '/http-bind', ':method': 'POST' }
    const sid = / sid="(\w+)"/.exec((await session.ask(post, boshBody(1))).body)?.[1]
    const waiting = session.ask(post, boshBody(2, sid)).then(
      ({ body }) => body,
      (error: unknown) => `${error}`,
    )
    // The answer comes after the server has read the waiting request.
    await session.ask({ ':path': '/finesse/api/SystemInfo' })
    await server.close()
    const ends: Record<string, unknown> = {}
    for (const [name, line] of Object.entries(lines)) {
      const { code, told } = await line.ended
      ends[name] = [code, /system-shutdown/.exec(told)?.[0]]
    }
    expect(ends).toEqual(Object.fromEntries(transports.map(([name]) => [name, [undefined, 'system-shutdown']])))
    expect(await waiting).toContain('type="terminate" condition="system-shutdown"')
    await session.ended
  })
})
