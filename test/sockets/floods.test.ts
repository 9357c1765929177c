/**
 * Floods of connections that have no session, on every listener, beyond what the server's process may open: whoever has a
 * password gets in.
 *
 * Slow, 20 s: a server in a process of its own that may open few files, and some twenty floods of it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Flood, flood, KNOCKS, resetStorm } from './flood.ts'
import { type Flooded, floodedServer, type Surface } from './flooded.ts'
import { ask, HONEST } from './honest.ts'
import { HTTP2_FLOODS, http2Flood } from './http2-flood.ts'

/** Open files of the server: it lets in 64 without a session. */
const FILES = 256
const SIZE = 280
/** Beyond what it lets in, with complete handshakes of TLS. */
const COSTLY_SIZE = 100
const RESETS_AT_A_TIME = 16
/** The HTTP/2 library ends it by itself, as it is told (`HTTP2_OPTIONS`), and says nothing of it. */
const ENDED_BELOW = 'streams that are reset'
/** To see how long the ways in take: `FIGURES=1 npm test -- test/sockets`. */
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

/** All honest ways in, one after the other. */
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

/** The numbers of all listeners, but those that are zero. */
async function counted(): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`http://127.0.0.1:${server.ports.A.rest}/metrics`)).text()
  const found = [...text.matchAll(/^mrdian_connections_(\w+)\{surface="([^"]+)"\} ([1-9]\d*)$/gm)]
  return Object.fromEntries(found.map(([, name, surface, value]) => [`${name} ${surface}`, Number(value)]))
}

describe.each(KNOCKS)('$surface: a flood of connections, $kind', ({ surface, kind, knock, isCostly = false }) => {
  it('whoever has a password gets in', async () => {
    const size = isCostly ? COSTLY_SIZE : SIZE
    await getInDuring(kind, await flood(knock, server.ports.A[surface], size, turn), surface)
  })
})

describe.each([...new Set(KNOCKS.map(({ surface }) => surface))])('%s', (surface) => {
  it('a storm of connections that are reset: whoever has a password gets in', async () => {
    await getInDuring('reset', resetStorm(server.ports.A[surface], RESETS_AT_A_TIME), surface)
  })
})

it('side B: a flood of one side does not keep anybody from the other, nor from its own', async () => {
  const silent = KNOCKS.find(({ surface, kind }) => surface === 'restTls' && kind === 'silent')
  if (silent === undefined) throw new Error('no such flood')
  const { A, B } = server.ports
  const flooding = await flood(silent.knock, B.restTls, SIZE, () => ask('http', A.rest))
  await getIn('xmppTls', A.xmppTls)
  await getInDuring('side B', flooding, 'restTls', B.restTls)
})

describe.each(Object.entries(HTTP2_FLOODS))('HTTP/2: a flood of %s', (kind, blow) => {
  it('ends with its connection; whoever has a password gets in', async () => {
    const port = server.ports.A.restTls
    const before = await counted()
    const [sent, times] = await Promise.all([http2Flood(port, blow), getIn('restTls', port)])
    if (PRINTS) console.info(`HTTP/2, ${kind}: ended after ${sent}; in after ${times.join(', ')}`)
    if (kind === ENDED_BELOW) return
    // The library below has limits of its own, which are higher.
    expect(await counted()).toMatchObject({ 'flooded_total rest-tls': (before['flooded_total rest-tls'] ?? 0) + 1 })
  })
})

it('all of it is in the metrics', async () => {
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
