/**
 * Floods of connections without a session on every listener, with more connections than the server may have open files.
 * Clients with a password still get a session.
 *
 * Slow, 20 s: a server in its own process with few open files, and about twenty floods.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Flood, flood, KNOCKS, resetStorm } from './flood.ts'
import { type Flooded, floodedServer, type Surface } from './flooded.ts'
import { ask, HONEST } from './honest.ts'
import { HTTP2_FLOODS, http2Flood } from './http2-flood.ts'

/** Limit of open files of the server. With it the server accepts 64 connections without a session. */
const FILES = 256
const SIZE = 280
/** Also more than the server accepts, for floods with complete TLS handshakes. */
const COSTLY_SIZE = 100
const RESETS_AT_A_TIME = 16
/** The HTTP/2 library itself ends this flood (`HTTP2_OPTIONS`), and the server cannot count it. */
const ENDED_BELOW = 'streams that are reset'
/** Prints how long the sign-ins take: `FIGURES=1 npm test -- test/sockets`. */
const PRINTS = process.env.FIGURES === '1'

let server: Flooded
beforeAll(async () => {
  server = await floodedServer(FILES)
})
afterAll(async () => {
  expect(await server.end()).toBe('')
})

/** A round trip on the other side, whose listeners are not flooded. */
const turn = () => ask('http', server.ports.B.rest)

/** Signs in by each protocol of a surface, one after the other. Gives the times. */
async function getIn(surface: Surface, port: number): Promise<readonly string[]> {
  const times: string[] = []
  for (const { name, getIn } of HONEST.filter((each) => each.surface === surface)) {
    const at = performance.now()
    await getIn(port)
    times.push(`${name} ${Math.round(performance.now() - at)} ms`)
  }
  return times
}

async function getInDuring(what: string, flooding: Flood, surface: Surface, port = server.ports.A[surface]) {
  try {
    const times = await getIn(surface, port)
    if (PRINTS) console.info(`${surface}, ${what}, ${flooding.made} connections made: in after ${times.join(', ')}`)
  } finally {
    await flooding.stop()
  }
}

/** The counts of connections of all listeners, without zeros. */
async function counted(): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`http://127.0.0.1:${server.ports.A.rest}/metrics`)).text()
  const found = [...text.matchAll(/^mrdian_connections_(\w+)\{surface="([^"]+)"\} ([1-9]\d*)$/gm)]
  return Object.fromEntries(found.map(([, name, surface, value]) => [`${name} ${surface}`, Number(value)]))
}

describe.each(KNOCKS)('$surface: a flood of connections, $kind', ({ surface, kind, knock, isCostly = false }) => {
  it('clients with a password get a session', async () => {
    const size = isCostly ? COSTLY_SIZE : SIZE
    await getInDuring(kind, await flood(knock, server.ports.A[surface], size, turn), surface)
  })
})

describe.each([...new Set(KNOCKS.map(({ surface }) => surface))])('%s', (surface) => {
  it('clients with a password get a session during a storm of connections that are reset', async () => {
    await getInDuring('reset', resetStorm(server.ports.A[surface], RESETS_AT_A_TIME), surface)
  })
})

it('side B: during a flood of one side clients get a session on both sides', async () => {
  const silent = KNOCKS.find(({ surface, kind }) => surface === 'restTls' && kind === 'silent')
  if (silent === undefined) throw new Error('no such flood')
  const { A, B } = server.ports
  const flooding = await flood(silent.knock, B.restTls, SIZE, () => ask('http', A.rest))
  await getIn('xmppTls', A.xmppTls)
  await getInDuring('side B', flooding, 'restTls', B.restTls)
})

describe.each(Object.entries(HTTP2_FLOODS))('HTTP/2: a flood of %s', (kind, blow) => {
  it('the server closes the connection of the flood, and clients with a password get a session', async () => {
    const port = server.ports.A.restTls
    const before = await counted()
    const [sent, times] = await Promise.all([http2Flood(port, blow), getIn('restTls', port)])
    if (PRINTS) console.info(`HTTP/2, ${kind}: ended after ${sent}; in after ${times.join(', ')}`)
    if (kind === ENDED_BELOW) return
    // The HTTP/2 library has its own limits, which are higher.
    expect(await counted()).toMatchObject({ 'flooded_total rest-tls': (before['flooded_total rest-tls'] ?? 0) + 1 })
  })
})

it('the metrics count the floods', async () => {
  expect(Object.keys(await counted())).toEqual(
    expect.arrayContaining([
      'made_way_total rest',
      'made_way_total rest-tls',
      'made_way_total rest-tls-b',
      'made_way_total http-bind',
      'made_way_total http-bind-tls',
      'made_way_total xmpp',
      'made_way_total xmpp-tls',
      'flooded_total rest-tls',
    ]),
  )
})
