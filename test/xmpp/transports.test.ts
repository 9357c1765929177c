/** What is the same for every transport: TCP, WebSocket and BOSH use one session layer (notifications 1.1). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Accounts, Principal } from '../../src/accounts/api.ts'
import { auth, plain } from './support/sign-in.ts'
import type { TransportClient } from './support/transport-client.ts'
import { onlineBy, signInBy, TRANSPORTS } from './support/transports.ts'
import { VirtualClock } from './support/virtual-clock.ts'
import { FakeEngine, publish, type World, world } from './support/world.ts'

const ALL = Object.entries(TRANSPORTS)
const NODE = '/finesse/api/User/1001'
const TEAM = '/finesse/api/Team/2001/Users'
const FAREWELL = { boshFarewellMs: 20 }

/** Documents of the notifications that were received so far. */
async function documents(client: TransportClient): Promise<string[]> {
  return [...(await client.barrier()).matchAll(/<notification [^>]*>([^<]*)</g)].map((match) => match[1] ?? '')
}

const subscribe = (node: string, jid: string) =>
  `<iq type='set' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${node}' jid='${jid}'/></pubsub></iq>`

describe.each(ALL)('over %s', (_transport, connect) => {
  let running: World
  beforeAll(async () => {
    running = await world({ httpBindPort: 0, limits: FAREWELL })
  })
  afterAll(() => running.service.close())

  test.each(['10.0.0.7', 'example.test', 'pubsub.localhost'])(
    'a stream to "%s" is accepted, answered with the real domain, and its name goes on to be used (3.3)',
    async (to) => {
      const client = await signInBy(connect, running, '1001', { to })
      expect(client.received).toMatch(/^[^>]*(\?>)?<[^>]* from="localhost"/)
      expect(client.received).toMatch(/<jid>1001@localhost\/\w{16}<\/jid>/)
      client.send(`<iq type='get' id='p' to='${to}'><ping xmlns='urn:xmpp:ping'/></iq>`)
      expect(await client.until(/<iq [^>]*id="p"[^>]*>/)).toContain(`type="result" id="p" from="${to}"`)
      client.send(subscribe('/finesse/api/Queue/5001', `1001@${to}`).replace('pubsub.localhost', `pubsub.${to}`))
      expect(await client.until('</iq>')).toContain('subscription="subscribed"')
    },
  )

  test.each([
    ['left out', undefined],
    ['empty', ''],
    ['white space', ' \n'],
  ])('a resource that is %s is generated (2.4)', async (_case, resource) => {
    const client = await signInBy(connect, running, '1001', resource === undefined ? {} : { resource })
    expect(client.received).toMatch(/<jid>1001@localhost\/\w{16}<\/jid>/)
  })

  test.each(['', '1001@localhost', '1001', '1001@fin.example.test/desktop'])(
    'authorization identity "%s" is accepted, that of somebody else is not (3.2)',
    async (authorization) => {
      await signInBy(connect, running, '1001', { authorization })
      const other = await connect(running)
      other.header('localhost')
      await other.until('</stream:features>')
      other.send(auth(plain('1001', 'secret', authorization.replace('1001', '1002') || '1002')))
      expect(await other.until('</failure>')).toContain('<invalid-authzid/>')
    },
  )

  test.each(['a+b/c==', '&lt;&amp;&quot;&gt;', 'ü 日 𝄞', ' ', '0'])(
    'the id "%s" comes back as it was (3.3)',
    async (id) => {
      const client = await signInBy(connect, running, '1001')
      client.send(`<iq type='get' id='${id}'><query xmlns='jabber:iq:roster'/></iq>`)
      expect(await client.until('</iq>')).toContain(` id="${id}" `)
      client.send(`<iq type='set' id='${id}'><what xmlns='x'/></iq>`)
      expect(await client.until('</iq>')).toContain(` id="${id}" `)
    },
  )

  test('white space between stanzas is ignored (3.3)', async () => {
    const client = await signInBy(connect, running, '1001')
    for (const space of [' ', '\n', '\r\n\t ']) client.send(space)
    expect(await client.barrier()).not.toMatch(/<(?!\/?body)/)
  })

  test('what was published between bind and presence is delivered after the beacon (5.4.2)', async () => {
    const client = await signInBy(connect, running, '1001')
    await publish(running.engine, NODE, 'one')
    await publish(running.engine, NODE, 'two')
    client.send('<presence/>')
    expect(await client.until('two<')).toMatch(/ from="finesse@localhost".*>one<.*>two</)
  })

  test('a second session with the same full JID ends the first stream with conflict (9.5, 15.10)', async () => {
    const first = await onlineBy(connect, running, '1001', { resource: 'same' })
    const second = await onlineBy(connect, running, '1001', { resource: 'same' })
    expect(await first.end()).toContain('<conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>')
    await publish(running.engine, NODE, 'x')
    expect(await documents(second)).toEqual(['x'])
  })
})

describe('sessions of one user over all transports', () => {
  let running: World
  beforeEach(async () => {
    running = await world({ httpBindPort: 0, limits: FAREWELL })
  })
  afterEach(() => running.service.close())

  const open = (how?: { resource: string }) =>
    Promise.all(ALL.map(([, connect]) => onlineBy(connect, running, '1234', how)))

  test('each gets a notification once, and one with a negative priority gets nothing (5.4.1)', async () => {
    const clients = await open()
    const low = await open()
    for (const client of low) client.send('<presence><priority>-1</priority></presence>')
    await Promise.all(low.map((client) => client.barrier()))
    await publish(running.engine, '/finesse/api/User/1234', 'x')
    expect(await Promise.all(clients.map(documents))).toEqual([['x'], ['x'], ['x']])
    expect(await Promise.all(low.map(documents))).toEqual([[], [], []])
  })

  test('the same document published again is sent again (5.4.5)', async () => {
    const clients = await open()
    for (let time = 0; time < 3; time += 1) await publish(running.engine, '/finesse/api/User/1234', 'x')
    for (const client of clients) expect(await documents(client)).toEqual(['x', 'x', 'x'])
  })

  test('an explicit subscription to a full JID reaches that session only, if its priority allows (5.2.1, 5.4.1)', async () => {
    for (const [name, connect] of ALL) {
      const client = await onlineBy(connect, running, '1234', { resource: name })
      client.send(subscribe(TEAM, `1234@localhost/${name}`))
      expect(await client.until('</iq>')).toContain('subscription="subscribed"')
      const other = await onlineBy(connect, running, '1234', { resource: `${name} beside` })
      await publish(running.engine, TEAM, name)
      expect([await documents(client), await documents(other)]).toEqual([[name], []])
      client.send('<presence><priority>-1</priority></presence>')
      await client.barrier()
      await publish(running.engine, TEAM, name)
      expect(await documents(client)).toEqual([])
    }
  })

  test('explicit subscriptions survive a restart, also when the user comes back over another transport (5.3)', async () => {
    for (const [name, connect] of ALL) {
      const client = await onlineBy(connect, running, '1234', { resource: name })
      client.send(subscribe(TEAM, `1234@localhost/${name}`))
      await client.until('subscription="subscribed"')
    }
    await running.service.close()
    running = await world({ httpBindPort: 0, limits: FAREWELL }, new FakeEngine(running.engine.adapters.records))
    const names = ALL.map(([name]) => name)
    for (const [index, [, connect]] of ALL.entries()) {
      const client = await onlineBy(connect, running, '1234', { resource: names[(index + 1) % names.length] ?? '' })
      await publish(running.engine, TEAM, 'again')
      expect(await documents(client)).toEqual(['again'])
    }
  })

  test('at the end of the service each gets system-shutdown (9.5)', async () => {
    const clients = await open()
    await running.service.close()
    for (const client of clients) expect(await client.end()).toMatch(/system-shutdown/)
  })

  test('at the end of a service that hands over each is reset and not told of a shutdown, after which some never come back (9.5)', async () => {
    await running.service.close()
    running = await world({ httpBindPort: 0, limits: FAREWELL, handsOver: true })
    const clients = await open()
    const before = running.engine.presences.length
    await running.service.close()
    for (const [index, client] of clients.entries()) {
      // The end of a BOSH session is a word. Here none comes.
      const said = ALL[index]?.[0] === 'BOSH' ? client.received : await client.end()
      expect(said).toMatch(/<presence [^>]*type="unavailable"[^>]*from="finesse@localhost"/)
      expect(said).not.toMatch(/shutdown|stream:error|terminate|<close|<\/stream:stream/)
    }
    // The engine learns that the service is gone, not that agents left.
    expect(running.engine.presences).toHaveLength(before)
  })
})

describe.each(ALL)('clients that do nothing, over %s', (_transport, connect) => {
  test('a client that has not signed in and bound within 30 s gets connection-timeout', async () => {
    const clock = new VirtualClock()
    const running = await world({ httpBindPort: 0, clock, limits: FAREWELL })
    const client = await connect(running)
    client.header('localhost')
    await client.until('</stream:features>')
    client.send(auth(plain('1001')))
    await client.until('<success')
    clock.advance(29_999)
    expect(client.closed).toBe(false)
    clock.advance(1)
    expect(await client.end()).toContain('<connection-timeout xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>')
    await running.service.close()
  })

  test('a client whose password waits for its check is not late, however long that takes', async () => {
    const clock = new VirtualClock()
    const check = Promise.withResolvers<Principal | undefined>()
    const begun = Promise.withResolvers<void>()
    const accounts: Accounts = {
      limitsItself: true,
      verify: () => {
        begun.resolve()
        return check.promise
      },
    }
    const running = await world({ httpBindPort: 0, clock, limits: FAREWELL, accounts })
    const client = await connect(running)
    client.header('localhost')
    await client.until('</stream:features>')
    client.send(auth(plain('1001')))
    await begun.promise
    // Twice the time for a sign-in, and not so long that a BOSH client has to ask again.
    for (const ms of [30_000, 31_000]) clock.advance(ms)
    check.resolve({ id: '1001', kind: 'user' })
    await client.until('<success')
    // From then on it is the client's turn again, and it has all of its time.
    clock.advance(29_999)
    expect(client.closed).toBe(false)
    clock.advance(1)
    expect(await client.end()).toContain('<connection-timeout')
    await running.service.close()
  })

  test('a client that does not read is closed at the limit of the buffer, and does not delay others (5.4)', async () => {
    const limits = { ...FAREWELL, writeBufferBytes: 2_000_000 }
    const running = await world({ httpBindPort: 0, limits })
    const [client, witness] = [
      await onlineBy(connect, running, '1001', { resource: 'stalled' }),
      await onlineBy(connect, running, '1001', { resource: 'reads' }),
    ]
    client.stopReading()
    const { log } = running.engine
    const publications: Promise<unknown>[] = []
    // More than the buffers of the operating system can hold.
    while (!log.includes('unavailable 1001@localhost/stalled') && publications.length < 100) {
      publications.push(publish(running.engine, NODE, 'x'.repeat(900_000)))
      await witness.until('</message>')
    }
    await Promise.all(publications)
    await running.engine.logged('unavailable 1001@localhost/stalled')
    expect(log).not.toContain('unavailable 1001@localhost/reads')
    await running.service.close()
  })
})
