import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/store/index.ts'
import { online, type RawClient } from './support/raw-client.ts'
import { directory, FakeEngine, publish, type World, world } from './support/world.ts'

let running: World
beforeEach(async () => {
  running = await world()
})
afterEach(() => running.service.close())

const TEAM = '/finesse/api/Team/2001/Users'
const QUEUE = '/finesse/api/Queue/5001'

/** Sends a request to the pubsub service and returns the answer. */
async function pubsub(client: RawClient, inner: string, type = 'set'): Promise<string> {
  client.send(
    `<iq type='${type}' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'>${inner}</pubsub></iq>`,
  )
  return client.barrier()
}

const subscribe = (client: RawClient, node: string, jid: string) =>
  pubsub(client, `<subscribe node='${node}' jid='${jid}'/>`)
const unsubscribe = (client: RawClient, node: string, jid: string) =>
  pubsub(client, `<unsubscribe node='${node}' jid='${jid}'/>`)

/** Publishes on a node and returns what the client got of it. */
async function got(client: RawClient, node: string): Promise<string[]> {
  await publish(running.engine, node)
  const text = await client.barrier()
  return [...text.matchAll(/<message from="pubsub\.localhost" to="([^"]*)"/g)].map((match) => match[1] ?? '')
}

describe('explicit subscription (notifications 5.2)', () => {
  test('is answered exactly as clients test for it', async () => {
    const client = await online(running.port, '1234', 'desktop')
    expect(await subscribe(client, TEAM, '1234@localhost/desktop')).toBe(
      `<iq type="result" id="s" from="pubsub.localhost" to="1234@localhost/desktop"><pubsub xmlns="http://jabber.org/protocol/pubsub"><subscription node="${TEAM}" jid="1234@localhost/desktop" subscription="subscribed"/></pubsub></iq>`,
    )
  })

  test('rule 1: a full JID reaches that resource only, a bare JID all', async () => {
    const one = await online(running.port, '1234', 'one')
    const two = await online(running.port, '1234', 'two')
    await subscribe(one, TEAM, '1234@localhost/one')
    await subscribe(one, QUEUE, '1234@localhost')
    expect(await got(one, TEAM)).toEqual(['1234@localhost/one'])
    expect(await two.barrier()).toBe('')
    expect(await got(one, QUEUE)).toEqual(['1234@localhost'])
    expect(await two.barrier()).toContain('to="1234@localhost"')
  })

  test('rule 2: only for oneself, in any letter case', async () => {
    const client = await online(running.port, '1234', 'd')
    for (const jid of ['1002@localhost/d', '1234@elsewhere.test', 'localhost', '', '1234@localhost/'])
      expect(await subscribe(client, QUEUE, jid)).toMatch(
        /<error type="modify"><bad-request [^>]*\/><invalid-jid xmlns="http:\/\/jabber\.org\/protocol\/pubsub#errors"\/>/,
      )
    expect(await subscribe(client, QUEUE, '1234@LOCALHOST/d')).toContain('jid="1234@localhost/d"')
  })

  test.each(['1234@localhost/d', '1234@LOCALHOST', '1002@localhost/d'])(
    'rule 2: `from` may be absent; "%s" changes nothing about who asks',
    async (from) => {
      const client = await online(running.port, '1234', 'd')
      client.send(
        `<iq from='${from}' type='set' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${QUEUE}' jid='1234@localhost/d'/></pubsub></iq>`,
      )
      expect(await client.barrier()).toMatch(
        /^<iq type="result" id="s" from="pubsub.localhost" to="1234@localhost\/d">/,
      )
    },
  )

  test('rule 3: a second subscribe of the same JID changes nothing', async () => {
    const client = await online(running.port, '1234', 'd')
    for (let time = 0; time < 2; time += 1)
      expect(await subscribe(client, TEAM, '1234@localhost/d')).toContain('subscription="subscribed"')
    expect(await got(client, TEAM)).toHaveLength(1)
  })

  test('an item is delivered once, even if several subscriptions cover it', async () => {
    const client = await online(running.port, '1001', 'd')
    const node = '/finesse/api/User/1001/Queues'
    expect(await subscribe(client, node, '1001@localhost/d')).toContain('subscribed')
    expect(await subscribe(client, node, '1001@localhost')).toContain('subscribed')
    expect(await got(client, node)).toEqual(['1001@localhost'])
  })

  test('rule 4: nothing is sent at subscription', async () => {
    await publish(running.engine, TEAM)
    const client = await online(running.port, '1234', 'd')
    expect(await subscribe(client, TEAM, '1234@localhost/d')).not.toContain('<message')
  })

  test('rule 5: unsubscribe ends a subscription, and is an error without one', async () => {
    const client = await online(running.port, '1234', 'd')
    await subscribe(client, TEAM, '1234@localhost/d')
    expect(await unsubscribe(client, TEAM, '1234@localhost/d')).toBe(
      '<iq type="result" id="s" from="pubsub.localhost" to="1234@localhost/d"/>',
    )
    expect(await got(client, TEAM)).toEqual([])
    expect(await unsubscribe(client, TEAM, '1234@localhost/d')).toMatch(/<unexpected-request [^>]*\/><not-subscribed /)
    expect(await unsubscribe(client, '/x', '1234@localhost/d')).toContain('<item-not-found')
  })

  test('an automatic subscription survives an unsubscribe', async () => {
    const client = await online(running.port, '1001', 'd')
    const node = '/finesse/api/User/1001/Queues'
    expect(await unsubscribe(client, node, '1001@localhost')).toContain('type="result"')
    expect(await got(client, node)).toHaveLength(1)
  })

  test('rule 6: unknown nodes are refused, teams and queues without a publication are not', async () => {
    const client = await online(running.port, '1234', 'd')
    for (const node of [
      '/finesse/api/Team/9/Users',
      '/finesse/api/Queue/9',
      '/finesse/api/Team/2001',
      '/finesse/api/ReasonCodes',
      '/finesse/api/PhoneBooks',
      '/finesse/api/Dialog/1',
      '/finesse/api/User/1001/Media/5001',
    ])
      expect(await subscribe(client, node, '1234@localhost')).toContain('<item-not-found')
    expect(await subscribe(client, '/finesse/api/Team/2003/Users', '1234@localhost')).toContain('subscribed')
    expect(await subscribe(client, '/finesse/api/Queue/1', '1234@localhost')).toContain('subscribed')
  })

  test('node and jid are required', async () => {
    const client = await online(running.port, '1234', 'd')
    expect(await pubsub(client, `<subscribe jid='1234@localhost'/>`)).toContain('<nodeid-required')
    expect(await pubsub(client, `<subscribe node='${TEAM}'/>`)).toContain('<jid-required')
  })

  test('rule 7: team nodes are for supervisors of the team and administrators', async () => {
    const agent = await online(running.port, '1001', 'd')
    expect(await subscribe(agent, TEAM, '1001@localhost')).toContain('<error type="auth"><forbidden')
    const supervisor = await online(running.port, '1234', 'd')
    expect(await subscribe(supervisor, '/finesse/api/Team/500/Users', '1234@localhost')).toContain('<forbidden')
    expect(await subscribe(supervisor, '/finesse/api/User/1001/Dialogs', '1234@localhost')).toContain('subscribed')
    expect(await subscribe(agent, '/finesse/api/User/1002', '1001@localhost')).toContain('<forbidden')
    const admin = await online(running.port, 'admin', 'd')
    expect(await subscribe(admin, TEAM, 'admin@localhost/d')).toContain('subscribed')
    expect(await got(admin, TEAM)).toEqual(['admin@localhost/d'])
  })

  test('rule 7 can be switched off', async () => {
    const open = await world({ authorizeSubscriptions: false })
    const agent = await online(open.port, '1001', 'd')
    expect(await subscribe(agent, TEAM, '1001@localhost')).toContain('subscribed')
    await open.service.close()
  })

  test('a user who loses the right gets nothing more', async () => {
    const client = await online(running.port, '1234', 'd')
    await subscribe(client, TEAM, '1234@localhost/d')
    const users = directory.users.map((user) => (user.id === '1234' ? { ...user, supervises: [] } : user))
    running.engine.directory = { ...directory, users }
    expect(await got(client, TEAM)).toEqual([])
  })

  test('the number per account is limited', async () => {
    const small = await world({ limits: { subscriptionsPerUser: 2 } })
    const client = await online(small.port, '1234', 'd')
    await subscribe(client, TEAM, '1234@localhost/a')
    await subscribe(client, TEAM, '1234@localhost/b')
    expect(await subscribe(client, TEAM, '1234@localhost/c')).toContain('<too-many-subscriptions')
    expect(await subscribe(client, TEAM, '1234@localhost/a')).toContain('subscribed')
    await small.service.close()
  })

  test('a store that fails is an error for that request only', async () => {
    const broken = {
      list: () => [],
      put: () => {
        throw new Error('disk full')
      },
      delete: () => undefined,
    }
    const other = await world({}, new FakeEngine(broken))
    const client = await online(other.port, '1234', 'd')
    expect(await subscribe(client, TEAM, '1234@localhost')).toContain('<internal-server-error')
    await client.barrier()
    await other.service.close()
  })
})

describe('lifetime of subscriptions (notifications 5.3, 15.11)', () => {
  test('they outlive session and service, and take effect without a new subscribe', async () => {
    const client = await online(running.port, '1234', 'd')
    await subscribe(client, TEAM, '1234@localhost/d')
    await running.service.close()

    running = await world({}, new FakeEngine(running.engine.adapters.records))
    const again = await online(running.port, '1234', 'd')
    expect(await got(again, TEAM)).toEqual(['1234@localhost/d'])
    expect(await pubsub(again, `<subscriptions node='${TEAM}'/>`, 'get')).toContain(
      `<subscriptions node="${TEAM}"><subscription node="${TEAM}" jid="1234@localhost/d" subscription="subscribed"/></subscriptions>`,
    )
  })

  test('each side has its own subscriptions', async () => {
    const client = await online(running.port, '1234', 'd')
    await subscribe(client, TEAM, '1234@localhost/d')
    const sideB = await world({ side: 'B' }, new FakeEngine(running.engine.adapters.records))
    const other = await online(sideB.port, '1234', 'd')
    await publish(sideB.engine, TEAM)
    expect(await other.barrier()).toBe('')
    await sideB.service.close()
  })

  test('stored records with another shape are skipped', async () => {
    const records = memoryStore().records
    records.put('xmpp-subscriptions-A', 'a', { node: 5 })
    records.put('xmpp-subscriptions-A', 'b', 'x')
    records.put('xmpp-subscriptions-A', 'c', { node: TEAM, jid: '@' })
    records.put('xmpp-subscriptions-A', 'd', { node: QUEUE, jid: '1001@localhost' })
    const other = await world({}, new FakeEngine(records))
    const client = await online(other.port, '1001', 'd')
    await publish(other.engine, QUEUE)
    expect(await client.barrier()).toContain('<message')
    await other.service.close()
  })
})
