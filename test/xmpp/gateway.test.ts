import { connect, createServer, type Server, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock/system-clock.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { createEngine } from '../../src/index.ts'
import { connectionGuard } from '../../src/sockets/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { ConnectionLost, DocumentTooLarge, Gateway, type GatewayLimits, RequestRefused } from '../../src/xmpp/index.ts'
import type { Account } from '../../src/xmpp/service/account.ts'
import { clientEntrance, gatewayEntrance } from '../../src/xmpp/service/entrances.ts'
import type { Listener } from '../../src/xmpp/service/listeners/listen.ts'
import { listenTcp } from '../../src/xmpp/service/listeners/sockets.ts'
import { NotificationService } from '../../src/xmpp/service/service.ts'
import type { Entrance } from '../../src/xmpp/service/stream.ts'
import { auth, HEADER, online, plain, RawClient, signIn } from './support/raw-client.ts'
import { VirtualClock } from './support/virtual-clock.ts'
import { accounts, directory, FakeEngine, notification, publish } from './support/world.ts'

const logger = pino({ level: 'silent' })
const guarding = { guard: connectionGuard(), surface: 'test' }
const NODE = '/finesse/api/User/1001'

/** A service, and gateways that are not part of it and have their own clock. */
class Parts {
  readonly engine = new FakeEngine()
  readonly clock = new VirtualClock()
  readonly service: NotificationService
  readonly records = memoryStore().records
  gatewayPort = 0
  clientPort = 0
  #listeners: Listener[] = []
  #gateways: Gateway[] = []

  constructor() {
    this.service = this.#newService()
  }

  #newService(): NotificationService {
    return new NotificationService({
      domain: 'localhost',
      knows: () => true,
      directory: () => directory,
      records: this.records,
      collection: 'x',
      authorizeSubscriptions: true,
      clock: systemClock(),
      logger,
      limits: { writeBufferBytes: 1e9, writeStallMs: 1e8 },
    })
  }

  /** Opens the port for clients and the port for the gateway. */
  async listen(): Promise<void> {
    const { service } = this
    const { gatewayStanzaBytes } = service.limits
    const bounds = { ...service.limits, stanzaBytes: gatewayStanzaBytes, nodes: gatewayStanzaBytes }
    const way = gatewayEntrance('key', service.limits)
    this.gatewayPort = await this.#open(this.gatewayPort, bounds, way)
    this.clientPort = await this.#open(
      0,
      service.limits,
      clientEntrance(() => accounts, service.limits),
    )
  }

  async #open(port: number, bounds: typeof this.service.limits, entrance: ReturnType<typeof gatewayEntrance>) {
    const place = { surface: 'test', host: '127.0.0.1', port, guarding }
    const listener = await listenTcp(place, bounds, (wire) => this.service.connect(wire, entrance))
    this.#listeners.push(listener)
    return listener.port
  }

  gateway(port = this.gatewayPort, limits: Partial<GatewayLimits> = {}, password = 'key'): Gateway {
    const gateway = new Gateway(this.engine, {
      side: 'A',
      service: `xmpp://127.0.0.1:${port}`,
      domain: 'localhost',
      username: 'finesse',
      password,
      render: (published) => published.source,
      clock: this.clock,
      logger,
      limits,
      random: () => 0.5,
    })
    this.#gateways.push(gateway)
    gateway.start()
    return gateway
  }

  /** Ends the gateway's sessions, as a restart of the service would. */
  dropGateway(): void {
    for (const session of this.service.sessions.ofAccount('finesse')) session.fail('system-shutdown')
  }

  async close(): Promise<void> {
    await Promise.all(this.#gateways.map((gateway) => gateway.close()))
    this.service.stop()
    await Promise.all(this.#listeners.map((listener) => listener.close()))
  }
}

let parts: Parts
beforeEach(async () => {
  parts = new Parts()
  await parts.listen()
})
afterEach(() => parts.close())

/** Waits until the other side of a socket meets a condition, one turn of the event loop at a time. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('coming online (notifications 4, 9)', () => {
  test('the engine gets the presence of the sessions that are available, then the service, then the publisher', async () => {
    const away = await online0('1002', 'away')
    away.send("<presence type='unavailable'/>")
    await online0('1001', 'd')
    await online0('1234', 'desktop')
    await away.barrier()
    await parts.gateway().ready
    const [first, second, ...rest] = parts.engine.log
    expect([first, second].sort()).toEqual(['available 1001@localhost/d', 'available 1234@localhost/desktop'])
    expect(rest).toEqual(['service A up', 'attach A'])
  })

  test('resources keep their characters, however the input of the gateway is cut', async () => {
    const resources = Array.from({ length: 15 }, (_, number) => `é☎𝄞${number}`)
    const { port, server } = await hostile((socket) => {
      const target = connect(parts.gatewayPort, '127.0.0.1')
      target.on('error', () => undefined)
      socket.setNoDelay(true)
      socket.on('data', (data) => target.write(data))
      socket.on('close', () => target.destroy())
      target.on('close', () => socket.destroy())
      target.on('data', (data) => {
        for (let at = 0; at < data.length; at += 7) socket.write(data.subarray(at, at + 7))
      })
    })
    for (const resource of resources) await online0('1001', resource)
    const gateway = parts.gateway(port)
    await gateway.ready
    const sessions = parts.engine.presences.map((presence) => presence.session)
    expect(sessions.sort()).toEqual(resources.map((resource) => `1001@localhost/${resource}`).sort())
    await gateway.close()
    server.close()
  })

  test('clients see the beacon become available and unavailable', async () => {
    const client = await online0('1001', 'd')
    expect(await client.barrier()).toBe('')
    const gateway = parts.gateway()
    await gateway.ready
    expect(await client.barrier()).toBe('<presence from="finesse@localhost" to="1001@localhost/d"/>')
    await gateway.close()
    expect(await client.barrier()).toBe('<presence type="unavailable" from="finesse@localhost" to="1001@localhost/d"/>')
  })

  test('when the engine is back, the beacon becomes available, and after it SystemInfo says IN_SERVICE (4.3)', async () => {
    const engine = await createEngine({ directory: await loadDirectory(), store: memoryStore(), serves: ['A'] })
    const reach = async () => {
      const gateway = new Gateway(engine, {
        side: 'A',
        service: `xmpp://127.0.0.1:${parts.gatewayPort}`,
        domain: 'localhost',
        username: 'finesse',
        password: 'key',
        render: ({ value }) => (value.kind === 'systemInfo' ? value.status : value.kind),
        clock: systemClock(),
        logger,
      })
      gateway.start()
      await gateway.ready
      return gateway
    }
    const client = await online0('1001', 'd')
    const gateway = await reach()
    const inService = async () => (await client.until(/>IN_SERVICE<.*<\/message>/)).match(/<presence[^>]*>|>\w+(?=<)/g)
    const [beacon, ...statuses] = (await inService()) ?? []
    expect(beacon).toBe('<presence from="finesse@localhost" to="1001@localhost/d"/>')
    expect(statuses.at(-1)).toBe('>IN_SERVICE')
    await gateway.close()
    expect(await client.barrier()).toBe('<presence type="unavailable" from="finesse@localhost" to="1001@localhost/d"/>')
    const again = await reach()
    const [returned, ...told] = (await inService()) ?? []
    expect([returned, told.at(-1)]).toEqual([beacon, '>IN_SERVICE'])
    await again.close()
    await engine.close()
  })

  /** A client that is available. Does not wait for a beacon. */
  async function online0(name: string, resource: string): Promise<RawClient> {
    const client = await signIn(parts.clientPort, name, resource)
    client.send('<presence/>')
    await client.barrier()
    return client
  }
})

test('only the gateway signs in at its port, and it cannot sign in at the port for clients', async () => {
  const refused = async (port: number, name: string, password: string) => {
    const client = await RawClient.open(port)
    client.send(`${HEADER}${auth(plain(name, password))}`)
    expect(await client.until('</failure>')).toContain('<not-authorized/>')
    client.socket.destroy()
  }
  await refused(parts.gatewayPort, '1001', 'secret')
  await refused(parts.gatewayPort, 'admin', 'secret')
  await refused(parts.gatewayPort, '1001', 'key')
  await refused(parts.gatewayPort, 'finesse', 'secret')
  await refused(parts.clientPort, 'finesse', 'key')
})

describe('publishing (notifications 6)', () => {
  test('resolves after the write, with the item id given', async () => {
    await parts.gateway().ready
    const client = await online(parts.clientPort, '1001', 'd')
    await parts.engine.publisher?.publish({
      itemId: 'store-57',
      lane: 'a',
      notification: notification(NODE, '<Update/>'),
    })
    expect(await client.until('</message>')).toContain('<item id="store-57">')
  })

  test('waits for a slow session, and rejects as late after 30 s', async () => {
    await parts.gateway().ready
    const client = await online(parts.clientPort, '1001', 'd')
    client.socket.pause()
    let settled = 0
    const outcomes = Array.from({ length: 30 }, () =>
      publish(parts.engine, NODE, 'x'.repeat(900_000)).finally(() => {
        settled += 1
      }),
    )
    const all = Promise.allSettled(outcomes)
    await publish(parts.engine, '/finesse/api/User/1002')
    expect(settled).toBeLessThan(30)
    parts.clock.advance(29_999)
    await publish(parts.engine, '/finesse/api/User/1002')
    expect(settled).toBeLessThan(30)
    parts.clock.advance(1)
    const rejected = (await all).filter((outcome) => outcome.status === 'rejected')
    expect(rejected.length).toBeGreaterThan(0)
    expect(String(rejected[0]?.reason)).toContain('late')
    client.socket.destroy()
  })

  test('characters that XML does not allow are replaced and end no stream', async () => {
    await parts.gateway().ready
    const client = await online(parts.clientPort, '1001', 'd')
    await publish(parts.engine, NODE, '<Update>a\u0000b\u001bc\ud800d\ufffee\t\n</Update>')
    expect(await client.until('</message>')).toContain('a\ufffdb\ufffdc\ufffdd\ufffde\t\n')
    expect(parts.engine.log).not.toContain('service A down')
  })

  test('a document that no service would accept is refused by the gateway', async () => {
    await parts.gateway().ready
    await expect(publish(parts.engine, NODE, '&'.repeat(300_000))).rejects.toThrow(DocumentTooLarge)
    await publish(parts.engine, NODE, '&'.repeat(200_000))
    expect(parts.engine.log).not.toContain('service A down')
  })

  test('a document that cannot be rendered rejects only its own publication', async () => {
    const gateway = new Gateway(parts.engine, {
      side: 'A',
      service: `xmpp://127.0.0.1:${parts.gatewayPort}`,
      domain: 'localhost',
      username: 'finesse',
      password: 'key',
      render: (published) => {
        if (published.node === NODE) throw new Error('no')
        return ''
      },
      clock: parts.clock,
      logger,
    })
    gateway.start()
    await gateway.ready
    await expect(publish(parts.engine, NODE)).rejects.toThrow('no')
    await publish(parts.engine, '/finesse/api/SystemInfo')
    await gateway.close()
  })

  test('publications above the limit in flight wait in order, those above the limit of waiting ones are rejected', async () => {
    await parts.gateway(parts.gatewayPort, { inFlight: 2, waiting: 50 }).ready
    const client = await online(parts.clientPort, '1001', 'd')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, number) => publish(parts.engine, NODE, String(number))),
    )
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      ...Array.from({ length: 52 }, () => 'fulfilled'),
      ...Array.from({ length: 8 }, () => 'rejected'),
    ])
    const received = [...(await client.barrier()).matchAll(/pubsub">(\d+)</g)].map((match) => Number(match[1]))
    expect(received).toEqual(Array.from({ length: 52 }, (_, number) => number))
  })

  test('waiting publications are rejected when the engine abandons them, and the session goes on', async () => {
    const gateway = parts.gateway(parts.gatewayPort, { inFlight: 2, waiting: 50 })
    await gateway.ready
    const client = await online(parts.clientPort, '1001', 'd')
    const published = Array.from({ length: 5 }, (_, number) => publish(parts.engine, NODE, String(number)))
    gateway.abandon()
    const outcomes = await Promise.allSettled([...published, publish(parts.engine, NODE, 'new')])
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'],
      'fulfilled',
    ])
    const received = [...(await client.barrier()).matchAll(/pubsub">(\w+)</g)].map((match) => match[1])
    expect(received).toEqual(['0', '1', 'new'])
  })

  test('an error answer rejects with its condition', async () => {
    const account: Account = { id: 'finesse', local: 'finesse', kind: 'administrator' }
    const entrance: Entrance = {
      name: 'gateway',
      connections: 5,
      writeBufferBytes: 1e6,
      authenticate: async () => account,
    }
    const place = { surface: 'test', host: '127.0.0.1', port: 0, guarding }
    const listener = await listenTcp(place, parts.service.limits, (wire) => parts.service.connect(wire, entrance))
    const gateway = parts.gateway(listener.port)
    await gateway.ready
    const failure = await publish(parts.engine, NODE).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RequestRefused)
    expect(failure).toMatchObject({ condition: 'forbidden' })
    await gateway.close()
    await listener.close()
  })
})

describe('loss of the connection and return', () => {
  test('publications are rejected, and the engine learns of the loss and of the return', async () => {
    await parts.gateway().ready
    const client = await online(parts.clientPort, '1001', 'd')
    client.socket.pause()
    const pending = Promise.allSettled(
      Array.from({ length: 30 }, () => publish(parts.engine, NODE, 'x'.repeat(900_000))),
    )
    await publish(parts.engine, '/finesse/api/User/1002')
    const publisher = parts.engine.publisher
    parts.dropGateway()
    const lost = (await pending).filter((outcome) => outcome.status === 'rejected')
    expect(lost[0]?.reason).toBeInstanceOf(ConnectionLost)
    await parts.engine.logged('service A down')
    await expect(publisher?.publish({ itemId: 'x', lane: 'a', notification: notification(NODE) })).rejects.toThrow(
      ConnectionLost,
    )
    client.socket.destroy()
    const mark = parts.engine.log.length
    const other = await signIn(parts.clientPort, '1003', 'd')
    other.send('<presence/>')
    await other.barrier()
    await eventually(() => parts.service.sessions.ofAccount('1001').length === 0)

    parts.clock.advance(200)
    await parts.engine.logged('attach A', mark)
    expect(parts.engine.log.slice(mark)).toEqual(['available 1003@localhost/d', 'service A up', 'attach A'])
    await other.until('<presence from="finesse@localhost"')
    await publish(parts.engine, '/finesse/api/User/1003')
    await other.until('</message>')
  })

  test('after each dropped connection the gateway connects again', async () => {
    const { port, attempts, server } = await hostile((socket) => socket.destroy())
    const gateway = parts.gateway(port)
    await eventually(() => {
      parts.clock.advance(1)
      return attempts.count >= 4
    })
    expect(parts.engine.log).toEqual([])
    await gateway.close()
    server.close()
  })

  test('with a wrong password the gateway goes on trying, without a crash', async () => {
    const gateway = parts.gateway(parts.gatewayPort, {}, 'wrong')
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await eventually(() => {
        // The pause before the next attempt begins some time after the refusal.
        if (parts.service.sessions.size === 0) parts.clock.advance(100)
        return parts.service.figures.refused >= attempt
      })
    }
    expect(gateway.online).toBe(false)
    expect(parts.engine.log).toEqual([])
  })

  test('the connection to a service that sends nothing is closed after the time-out', async () => {
    const sockets: Socket[] = []
    const { port, attempts, server } = await hostile((socket) => sockets.push(socket))
    const gateway = parts.gateway(port, { connectTimeoutMs: 20_000 })
    await attempts.reached(1)
    await new Promise((resolve) => sockets[0]?.once('data', resolve))
    const ended = new Promise((resolve) => sockets[0]?.once('close', resolve))
    parts.clock.advance(20_000)
    await ended
    await gateway.close()
    server.close()
  })

  test.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['an end tag that nothing opened', '</a>'],
    [
      'data after its end',
      '<?xml version="1.0"?><stream:stream xmlns:stream="http://etherx.jabber.org/streams"></stream:stream><a/></b>',
    ],
    ['broken XML', '<?xml version="1.0"?><stream:stream xmlns:stream="http://etherx.jabber.org/streams"><a></b>'],
    [
      'a stream error',
      '<?xml version="1.0"?><stream:stream xmlns:stream="http://etherx.jabber.org/streams"><stream:error><host-unknown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>',
    ],
    [
      'no mechanism',
      '<?xml version="1.0"?><stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0"><stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>X</mechanism></mechanisms></stream:features>',
    ],
  ])('a peer that answers with %s does no harm', async (_case, answer) => {
    let ended = 0
    const { port, server } = await hostile((socket) => {
      socket.once('data', () => socket.end(answer))
      socket.on('close', () => {
        ended += 1
      })
    })
    const gateway = parts.gateway(port)
    await eventually(() => {
      if (ended === 1) parts.clock.advance(100)
      return ended === 2
    })
    await gateway.close()
    expect(parts.engine.log).toEqual([])
    server.close()
  })

  test('a connection that breaks at any moment does no harm', async () => {
    // Forwards to the service, and cuts after so many bytes of its answers: header, features, success, binding, …
    let allowed = 0
    let cut = 0
    const { port, server } = await hostile((socket) => {
      let left = allowed
      const target = connect(parts.gatewayPort, '127.0.0.1')
      target.on('error', () => undefined)
      socket.on('data', (data) => target.write(data))
      socket.on('close', () => {
        target.destroy()
        cut += 1
      })
      target.on('close', () => socket.destroy())
      target.on('data', (data) => {
        socket.write(data.subarray(0, left))
        left -= data.length
        if (left <= 0) socket.destroySoon()
      })
    })
    const gateway = parts.gateway(port)
    for (allowed = 1; allowed < 1400; allowed += 23) {
      const before = cut
      await eventually(() => {
        if (!gateway.online && parts.service.sessions.size === 0) parts.clock.advance(50)
        if (gateway.online) parts.dropGateway()
        return cut > before
      })
    }
    await gateway.close()
    server.close()
  })

  test('the connection to a service that no longer answers is closed', async () => {
    const gateway = parts.gateway()
    await gateway.ready
    const [session] = parts.service.sessions.ofAccount('finesse')
    // From now on the service sends nothing.
    if (session !== undefined) session.send = () => undefined
    parts.clock.advance(30_000)
    parts.clock.advance(30_000)
    await parts.engine.logged('service A down')
  })

  test('an engine that refuses does no harm', async () => {
    parts.engine.adapters.presence = () => Promise.reject(new Error('closing'))
    const gateway = parts.gateway()
    await gateway.ready
    await online(parts.clientPort, '1001', 'd')
    parts.engine.adapters.notificationService = () => Promise.reject(new Error('closing'))
    await gateway.close()
    const again = parts.gateway()
    await eventually(() => parts.service.sessions.ofAccount('finesse').length > 0)
    await again.close()
  })

  test('closing is possible at any time', async () => {
    await parts.gateway().close()
    const { port, server } = await hostile(() => undefined)
    const gateway = parts.gateway(port)
    await gateway.close()
    server.close()
  })
})

/** A server that passes each connection to `handle`. */
async function hostile(
  handle: (socket: Socket) => void,
): Promise<{ port: number; server: Server; attempts: { count: number; reached(count: number): Promise<void> } }> {
  const attempts = {
    count: 0,
    reached: (count: number) => eventually(() => attempts.count >= count),
  }
  const server = createServer((socket) => {
    attempts.count += 1
    socket.on('error', () => undefined)
    handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, server, attempts }
}
