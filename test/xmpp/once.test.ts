/**
 * A session gets an item once, however often the engine publishes it. The engine publishes an item again when the user
 * who owns the node has not got it, or when the answer of the service was lost.
 */
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock/system-clock.ts'
import type { Publisher } from '../../src/engine/ports.ts'
import { createEngine, type Engine } from '../../src/index.ts'
import { connectionGuard } from '../../src/sockets/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { Gateway } from '../../src/xmpp/index.ts'
import { clientEntrance, gatewayEntrance } from '../../src/xmpp/service/entrances.ts'
import type { Listener } from '../../src/xmpp/service/listeners/listen.ts'
import { listenTcp } from '../../src/xmpp/service/listeners/sockets.ts'
import { NotificationService } from '../../src/xmpp/service/service.ts'
import { BoundSession } from '../../src/xmpp/service/session.ts'
import type { Entrance } from '../../src/xmpp/service/stream.ts'
import { online, type RawClient, signIn } from './support/raw-client.ts'
import type { TransportClient } from './support/transport-client.ts'
import { onlineBy, signInBy, TRANSPORTS } from './support/transports.ts'
import { accounts, directory, FakeEngine, notification, type World, world } from './support/world.ts'

const OWN = '/finesse/api/User/1001'
const OWN_NODES = ['', '/Dialogs', '/Media', '/Dialogs/Media', '/Queues', '/ClientLog'].map((part) => OWN + part)
const TEAM = '/finesse/api/Team/2001/Users'
const NODES = [...OWN_NODES, TEAM, '/finesse/api/Team/2001/TeamMessages', '/finesse/api/Queue/5001']

async function subscribe(client: RawClient, node: string, jid: string): Promise<void> {
  const pubsub = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${node}' jid='${jid}'/></pubsub>`
  client.send(`<iq type='set' id='s' to='pubsub.localhost'>${pubsub}</iq>`)
  expect(await client.until('</iq>')).toContain('type="result"')
}

/** All items that a client got so far, as `item node`. */
async function items(client: TransportClient): Promise<readonly string[]> {
  await client.barrier()
  const found = client.received.matchAll(/<items node="([^"]*)"><item id="([^"]*)"/g)
  return [...found].map(([, node, item]) => `${item} ${node}`)
}

describe('an item that is published again goes to the sessions that have not got it', () => {
  let running: World
  beforeEach(async () => {
    running = await world({ httpBindPort: 0 }, new FakeEngine())
  })
  afterEach(() => running.service.close())

  const publish = (itemId: string, node: string, lane = 'A:user/1001') =>
    running.engine.publisher?.publish({ itemId, lane, notification: notification(node) })
  const presence = async (client: RawClient, inner: string) => {
    client.send(`<presence>${inner}</presence>`)
    await client.barrier()
  }
  /** A client that is subscribed to every node with its full JID. */
  const watching = async (user: string, resource: string) => {
    const client = await online(running.port, user, resource)
    for (const node of NODES) await subscribe(client, node, `${user}@localhost/${resource}`)
    return client
  }
  const once = (nodes: readonly string[], item = 'x') => nodes.map((node) => `${item} ${node}`)

  test('on every node, to every kind of subscriber', async () => {
    const agent = await online(running.port, '1001', 'desk')
    const second = await online(running.port, '1001', 'phone')
    const full = await watching('1234', 'full')
    const admin = await watching('admin', 'console')
    const both = await watching('1234', 'both')
    for (const node of NODES) await subscribe(both, node, '1234@localhost')
    for (const _ of [1, 2, 3]) for (const node of NODES) await publish('x', node)
    for (const client of [full, both, admin]) expect(await items(client)).toEqual(once(NODES))
    const own = once([...OWN_NODES, '/finesse/api/Team/2001/TeamMessages'])
    for (const client of [agent, second]) expect(await items(client)).toEqual(own)
  })

  test('lanes that publish on the same node do not affect each other', async () => {
    const supervisor = await watching('1234', 'full')
    const lanes = ['1001', '1002', '1003'].map((user) => `A:user/${user}`)
    for (const _ of [1, 2]) for (const [index, lane] of lanes.entries()) await publish(`x-${index}`, TEAM, lane)
    expect(await items(supervisor)).toEqual(['x-0', 'x-1', 'x-2'].map((item) => `${item} ${TEAM}`))
  })

  test('a session that signs in or subscribes between the two publications gets it, in the right order', async () => {
    const supervisor = await online(running.port, '1234', 'early')
    await publish('x-1', OWN)
    const late = await watching('1234', 'late')
    await subscribe(supervisor, OWN, '1234@localhost/early')
    await publish('x-1', OWN)
    await publish('x-2', OWN)
    for (const client of [supervisor, late]) expect(await items(client)).toEqual([`x-1 ${OWN}`, `x-2 ${OWN}`])
  })

  test('the next item is delivered, and the same item is delivered to the next session with the same address', async () => {
    const supervisor = await watching('1234', 'full')
    for (const item of ['x-1', 'x-1', 'x-2', 'x-2']) await publish(item, OWN)
    expect(await items(supervisor)).toEqual([`x-1 ${OWN}`, `x-2 ${OWN}`])
    const next = await online(running.port, '1234', 'full')
    await publish('x-2', OWN)
    expect(await items(next)).toEqual([`x-2 ${OWN}`])
  })

  test.each(Object.entries(TRANSPORTS))(
    '%s: an older item does not come after a later one of its lane and node',
    async (_, by) => {
      const agent = await onlineBy(by, running, '1001', { resource: 'desk' })
      // It binds, and gets what is kept for it when it becomes available.
      const binds = await signInBy(by, running, '1001', { resource: 'phone' })
      for (const item of ['x-9', 'x-10', 'x-9', 'x-10', 'x-9', 'x-11']) await publish(item, OWN)
      // Other nodes and lanes have marks of their own.
      await publish('x-2', `${OWN}/Media`)
      await publish('x-3', OWN, 'A:call/1')
      binds.send('<presence/>')
      await binds.barrier()
      await publish('x-10', OWN)
      const expected = [`x-9 ${OWN}`, `x-10 ${OWN}`, `x-11 ${OWN}`, `x-2 ${OWN}/Media`, `x-3 ${OWN}`]
      for (const client of [agent, binds]) expect(await items(client)).toEqual(expected)
    },
  )

  test('a later session has no mark, nor has one after a reset; ids of announcements and of others have no order', async () => {
    const agent = await online(running.port, '1001', 'desk')
    for (const item of ['x-9', 'x-10']) await publish(item, OWN)
    const late = await online(running.port, '1001', 'late')
    expect(await publish('x-9', OWN)).toEqual({ toOwner: true })
    // The store has another id then.
    await publish('y-1', OWN)
    for (const lane of ['A:announcements', '']) for (const item of ['x-2', 'x-1']) await publish(item, OWN, lane)
    const more = ['y-1', 'x-2', 'x-1', 'x-2', 'x-1']
    expect(await items(agent)).toEqual(['x-9', 'x-10', ...more].map((item) => `${item} ${OWN}`))
    expect(await items(late)).toEqual(['x-9', ...more].map((item) => `${item} ${OWN}`))
  })

  test('an item that is kept for the first presence is delivered once, before or after it is published again', async () => {
    const [before, after] = [await signIn(running.port, '1001', 'one'), await signIn(running.port, '1001', 'two')]
    expect(await publish('x', OWN)).toEqual({ toOwner: false })
    expect(await publish('x', OWN)).toEqual({ toOwner: false })
    await presence(before, '')
    expect(await publish('x', OWN)).toEqual({ toOwner: true })
    await presence(after, '')
    expect(await publish('x', OWN)).toEqual({ toOwner: true })
    for (const client of [before, after]) expect(await items(client)).toEqual(once([OWN]))
  })

  test('the answer says that the owner has got it, also after the owner changed the presence', async () => {
    const agent = await online(running.port, '1001', 'desk')
    expect(await publish('x', OWN)).toEqual({ toOwner: true })
    await presence(agent, '<priority>-1</priority>')
    expect(await publish('x', OWN)).toEqual({ toOwner: true })
    expect(await items(agent)).toEqual(once([OWN]))
    await agent.barrier()
    agent.socket.destroy()
    await running.engine.logged('unavailable 1001@localhost/desk')
    expect(await publish('x', OWN)).toEqual({ toOwner: false })
  })
})

const logger = pino({ level: 'silent' })
type Store = ReturnType<typeof memoryStore>

/** A real engine, the service, and between them a gateway whose connection can be broken. */
class Centre {
  readonly engine: Engine
  readonly store: Store
  readonly service: NotificationService
  readonly gateway: Gateway
  readonly port: number
  readonly #listeners: readonly Listener[]
  /** The service accepts publications, but its answers do not reach the engine. */
  answersAreLost = false
  /** No publication reaches the service. */
  isDeaf = false

  private constructor(store: Store, engine: Engine, service: NotificationService, listeners: readonly Listener[]) {
    this.store = store
    this.engine = engine
    this.service = service
    this.#listeners = listeners
    const [clients, own] = listeners.map(({ port }) => port)
    this.port = clients ?? 0
    const attach = engine.adapters.attach.bind(engine.adapters)
    engine.adapters.attach = (side, publisher) => attach(side, this.#losing(publisher))
    this.gateway = new Gateway(engine, {
      side: 'A',
      service: `xmpp://127.0.0.1:${own}`,
      domain: 'localhost',
      username: 'finesse',
      password: 'key',
      render: ({ value }) => JSON.stringify(value),
      clock: systemClock(),
      logger,
      limits: { firstRetryMs: 1 },
    })
    this.gateway.start()
  }

  static async start(store: Store): Promise<Centre> {
    const engine = await createEngine({ directory, store })
    const service = new NotificationService({
      domain: 'localhost',
      knows: () => true,
      directory: () => directory,
      records: engine.adapters.records,
      collection: 'xmpp-subscriptions-A',
      authorizeSubscriptions: true,
      clock: systemClock(),
      logger,
    })
    const listen = (entrance: Entrance) => {
      const guarding = { guard: connectionGuard(), surface: 'test' }
      const place = { surface: 'test', host: '127.0.0.1', port: 0, guarding }
      return listenTcp(place, service.limits, (wire) => service.connect(wire, entrance))
    }
    const listeners = [
      await listen(clientEntrance(() => accounts, service.limits)),
      await listen(gatewayEntrance('key', service.limits)),
    ]
    const centre = new Centre(store, engine, service, listeners)
    await centre.gateway.ready
    return centre
  }

  #losing(publisher: Publisher): Publisher {
    return {
      publish: async (publication) => {
        if (this.isDeaf) throw new Error('nothing is taken')
        const taken = await publisher.publish(publication)
        if (this.answersAreLost) throw new Error('the answer is lost')
        return taken
      },
    }
  }

  /** Breaks the connection between engine and service, not those of clients. Resolves when there is a new one. */
  async cutOff(): Promise<void> {
    const again = new Promise<void>((resolve) => {
      const attach = this.engine.adapters.attach.bind(this.engine.adapters)
      this.engine.adapters.attach = (side, publisher) => {
        attach(side, publisher)
        this.engine.adapters.attach = attach
        resolve()
      }
    })
    for (const session of this.service.sessions.ofAccount('finesse')) session.fail('system-shutdown')
    await again
  }

  /** Waits until the gateway has processed everything from the clients and the engine has published what it can. */
  async settle(): Promise<void> {
    for (const _ of [1, 2]) {
      await this.gateway.settled()
      await this.engine.delivered()
    }
  }

  async close(): Promise<void> {
    await this.gateway.close()
    this.service.stop()
    await Promise.all(this.#listeners.map((listener) => listener.close()))
    await this.engine.close()
  }
}

describe('what waits for an agent is delivered once to every subscriber', () => {
  let centre: Centre
  afterEach(() => centre.close())

  const waiting = async () => (await centre.store.history?.outbox())?.filter(({ lane }) => lane === 'A:user/1001') ?? []
  const supervisor = async (resource: string) => {
    const client = await online(centre.port, '1234', resource)
    for (const node of [OWN, `${OWN}/Media`, TEAM]) await subscribe(client, node, `1234@localhost/${resource}`)
    return client
  }
  const say = async () => {
    await centre.engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const medium = { user: '1001', mrd: '5001' } as const
    await centre.engine.command({ type: 'media.signIn', ...medium, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
  }

  /** Before the process died or the service was lost, 1001 had a session and a notification that was not delivered. */
  const BEFORE: Readonly<Record<string, () => Promise<void>>> = {
    'a restart': async () => {
      centre = await Centre.start(memoryStore({ id: 'store', keep: 'history' }))
      await online(centre.port, '1001', 'desk')
      await centre.settle()
      centre.isDeaf = true
      await say()
      const kept = centre.store.reopen()
      await centre.close()
      centre = await Centre.start(kept)
    },
    'the loss of the service': async () => {
      centre = await Centre.start(memoryStore({ id: 'store', keep: 'history' }))
      const agent = await online(centre.port, '1001', 'desk')
      await centre.settle()
      centre.isDeaf = true
      await say()
      agent.send('<presence type="unavailable"/>')
      await agent.barrier()
      agent.socket.destroy()
      const again = centre.cutOff()
      centre.isDeaf = false
      await again
    },
  }

  test.each(Object.keys(BEFORE))('after %s: to supervisors and to sessions of the agent', async (what) => {
    await BEFORE[what]?.()
    const [first = { number: 0 }] = await waiting()
    expect(first.number).toBeGreaterThan(0)
    const watching = [await supervisor('one'), await supervisor('two')]
    const binds = await signIn(centre.port, '1001', 'binds')
    const deaf = await signIn(centre.port, '1001', 'deaf')
    // Available with a negative priority: the notification keeps waiting, and each presence causes another attempt.
    for (const _ of [1, 2, 3]) {
      deaf.send('<presence><priority>-1</priority></presence>')
      await deaf.barrier()
      await centre.settle()
    }
    expect((await waiting())[0]).toEqual(first)
    const sent = `store-${first.number} ${OWN}`
    for (const client of watching) expect(await items(client)).toEqual([sent])
    const late = await supervisor('late')
    binds.send('<presence/>')
    await binds.barrier()
    deaf.send('<presence><priority>0</priority></presence>')
    await deaf.barrier()
    await centre.settle()
    expect(await waiting()).toEqual([])
    for (const client of [...watching, late, binds]) {
      const got = (await items(client)).filter((item) => !item.endsWith('/SystemInfo'))
      expect(got[0]).toBe(sent)
      expect(got.length).toBeGreaterThan(1)
      expect(got).toEqual([...new Set(got)])
    }
  })

  test('also when the service fails after a half of the sessions got it', async () => {
    centre = await Centre.start(memoryStore({ id: 'store', keep: 'history' }))
    const agent = await online(centre.port, '1001', 'desk')
    const watching = [await supervisor('one'), await supervisor('two'), await supervisor('three')]
    await centre.settle()
    const notify = BoundSession.prototype.notify
    let attempts = 0
    vi.spyOn(BoundSession.prototype, 'notify').mockImplementation(function (this: BoundSession, ...given) {
      attempts += 1
      // The third session of the first two attempts of every row.
      if (attempts <= 6 && attempts % 3 === 0) throw new Error('planted')
      return notify.apply(this, given)
    })
    await say()
    for (const client of [agent, ...watching]) await client.until('</message>')
    await centre.settle()
    vi.restoreAllMocks()
    expect(attempts).toBeGreaterThan(6)
    expect(await centre.store.history?.outbox()).toEqual([])
    for (const client of [agent, ...watching]) {
      const got = (await items(client)).filter((item) => item.endsWith(OWN))
      expect(got).toHaveLength(1)
    }
  })

  test('also when answers are lost, with the connection or without it', async () => {
    centre = await Centre.start(memoryStore({ id: 'store', keep: 'history' }))
    const agents = [await online(centre.port, '1001', 'desk'), await online(centre.port, '1002', 'desk')]
    const watching = await supervisor('one')
    await centre.settle()
    centre.answersAreLost = true
    await say()
    await centre.engine.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    await Promise.all([watching, ...agents].map((client) => client.until('</message>')))
    await centre.cutOff()
    centre.answersAreLost = false
    await centre.settle()
    expect(await centre.store.history?.outbox()).toEqual([])
    for (const client of [watching, ...agents]) {
      const got = await items(client)
      expect(got.length).toBeGreaterThan(2)
      expect(got).toEqual([...new Set(got)])
    }
  })
})
