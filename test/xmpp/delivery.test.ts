import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HEADER, online, RawClient, signIn } from './support/raw-client.ts'
import { VirtualClock } from './support/virtual-clock.ts'
import { directory, publish, type World, world } from './support/world.ts'

let running: World
let clock: VirtualClock
beforeEach(async () => {
  clock = new VirtualClock()
  running = await world({ clock })
})
afterEach(() => running.service.close())

const NODE = '/finesse/api/User/1001'

async function documents(client: RawClient): Promise<string[]> {
  return [...(await client.barrier()).matchAll(/<notification [^>]*>([^<]*)</g)].map((match) => match[1] ?? '')
}

describe('who receives what (notifications 5.1, 5.4)', () => {
  test('rule 1: every available session whose priority is not negative', async () => {
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map((resource) => online(running.port, '1001', resource)))
    const [, low, high, away] = clients
    low?.send('<presence><priority>-1</priority></presence>')
    high?.send('<presence><priority>127</priority><show>dnd</show></presence>')
    away?.send("<presence type='unavailable'/>")
    await Promise.all(clients.map((client) => client.barrier()))
    await publish(running.engine, NODE, 'x')
    expect(await Promise.all(clients.map(documents))).toEqual([['x'], [], ['x'], []])
  })

  test('the nodes of a user are delivered to that user only, SystemInfo to all, team messages to the team', async () => {
    const [reyes, novak, okafor] = await Promise.all(
      ['1001', '1002', '1004'].map((id) => online(running.port, id, 'd')),
    )
    if (!reyes || !novak || !okafor) throw new Error('no client')
    for (const part of ['', '/Dialogs', '/Media', '/Dialogs/Media', '/Queues', '/ClientLog'])
      await publish(running.engine, `${NODE}${part}`, part || 'user')
    await publish(running.engine, '/finesse/api/SystemInfo', 'system')
    await publish(running.engine, '/finesse/api/Team/2001/TeamMessages', 'team')
    expect(await documents(reyes)).toEqual([
      'user',
      '/Dialogs',
      '/Media',
      '/Dialogs/Media',
      '/Queues',
      '/ClientLog',
      'system',
      'team',
    ])
    expect(await documents(novak)).toEqual(['system', 'team'])
    expect(await documents(okafor)).toEqual(['system'])
  })

  test('rule 3: in the order of publication, over all nodes of the user', async () => {
    const client = await online(running.port, '1001', 'd')
    const numbers = Array.from({ length: 200 }, (_, number) => String(number))
    const nodes = [NODE, `${NODE}/Dialogs`, `${NODE}/Media`]
    await Promise.all(numbers.map((number, index) => publish(running.engine, nodes[index % 3] ?? NODE, number)))
    expect(await documents(client)).toEqual(numbers)
  })

  test('rule 4: nothing is kept for users without a session', async () => {
    await publish(running.engine, NODE, 'lost')
    const client = await online(running.port, '1001', 'd')
    client.send("<presence type='unavailable'/>")
    await client.barrier()
    await publish(running.engine, NODE, 'lost too')
    client.send('<presence/>')
    await client.until('<presence from="finesse@localhost"')
    expect(await documents(client)).toEqual([])
  })

  test('a user who joins the directory later is subscribed automatically (5.3)', async () => {
    const [someone] = directory.users
    if (someone === undefined) throw new Error('no user')
    const joined = { ...someone, id: '2000', loginName: 'new' }
    const accounts = { verify: async () => ({ id: joined.id, kind: 'user' as const }) }
    const other = await world({ accounts })
    other.engine.directory = { ...directory, users: [...directory.users, joined] }
    const client = await online(other.port, '2000', 'd')
    await publish(other.engine, '/finesse/api/User/2000/Dialogs/Media', 'x')
    await publish(other.engine, '/finesse/api/SystemInfo', 'y')
    expect(await documents(client)).toEqual(['x', 'y'])
    await other.service.close()
  })

  test('publishing on an unknown node reaches nobody and is no error', async () => {
    await publish(running.engine, '/finesse/api/Nothing')
  })
})

describe('rule 2: notifications between bind and first presence (notifications 5.4)', () => {
  test('are kept, and delivered right after the beacon', async () => {
    const client = await signIn(running.port, '1001', 'd')
    await publish(running.engine, NODE, 'one')
    await publish(running.engine, NODE, 'two')
    expect(await client.barrier()).toBe('')
    client.send('<presence/>')
    const text = await client.barrier()
    expect(text).toMatch(/^<presence from="finesse@localhost"[^>]*\/><message .*>one<.*<message .*>two</)
  })

  test('are kept up to 50, the newest', async () => {
    const client = await signIn(running.port, '1001', 'd')
    for (let number = 1; number <= 60; number += 1) await publish(running.engine, NODE, String(number))
    client.send('<presence/>')
    const received = await documents(client)
    expect(received).toHaveLength(50)
    expect([received[0], received[49]]).toEqual(['11', '60'])
  })

  test('are kept up to a megabyte, the newest', async () => {
    const client = await signIn(running.port, '1001', 'd')
    for (const letter of ['a', 'b', 'c', 'd']) await publish(running.engine, NODE, letter.repeat(400_000))
    client.send('<presence/>')
    expect((await documents(client)).map((document) => document[0])).toEqual(['c', 'd'])
  })

  test('are kept for 30 seconds at most', async () => {
    const client = await signIn(running.port, '1001', 'd')
    await publish(running.engine, NODE, 'old')
    clock.advance(20_000)
    await publish(running.engine, NODE, 'young')
    clock.advance(10_001)
    client.send('<presence/>')
    expect(await documents(client)).toEqual(['young'])
  })

  test('are not delivered when the priority is negative', async () => {
    const client = await signIn(running.port, '1001', 'd')
    await publish(running.engine, NODE)
    client.send('<presence><priority>-5</priority></presence>')
    expect(await documents(client)).toEqual([])
  })
})

describe('the stanza (notifications 6)', () => {
  test('has the recorded shape, escaped once', async () => {
    const client = await online(running.port, '1001', 'd')
    const document = `<Update><data><name a="1">A &amp; B &lt; "C" 'D' é 日本 𝄞</name></data>\n  <event>PUT</event></Update>`
    await publish(running.engine, NODE, document)
    const text = await client.until('</message>')
    const escaped = document.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect(text).toMatch(/^<message from="pubsub\.localhost" to="1001@localhost" id="[A-Za-z0-9]{8}">/)
    expect(text.slice(text.indexOf('<event'))).toMatch(
      /^<event xmlns="http:\/\/jabber\.org\/protocol\/pubsub#event"><items node="\/finesse\/api\/User\/1001"><item id="item-\d+"><notification xmlns="http:\/\/jabber\.org\/protocol\/pubsub">/,
    )
    expect(text).toContain(`>${escaped}</notification></item></items></event></message>`)
  })

  test('the namespace of `notification` is a setting', async () => {
    const settings = { ...directory.settings, notificationNamespace: 'urn:xmpp:push:0' }
    running.engine.directory = { ...directory, settings }
    const client = await online(running.port, '1001', 'd')
    await publish(running.engine, NODE)
    expect(await client.until('</message>')).toContain('<notification xmlns="urn:xmpp:push:0">')
  })

  test('a large document (15.14)', async () => {
    const client = await online(running.port, '1001', 'd')
    const document = `<Update>${'<CallVariable><name>user.x</name><value>&amp;</value></CallVariable>'.repeat(5000)}</Update>`
    await publish(running.engine, NODE, document)
    expect((await client.until('</message>')).length).toBeGreaterThan(document.length)
  })
})

describe('a publication resolves when it is written', () => {
  const big = 'x'.repeat(900_000)

  test('a client whose writes make no progress for 10 seconds is closed, although it goes on sending', async () => {
    const roomy = await world({ clock, limits: { writeBufferBytes: 1e9 } })
    const client = await online(roomy.port, '1001', 'stalled')
    await roomy.engine.logged('available 1001@localhost/stalled')
    client.socket.pause()
    let written = false
    const publications = Promise.all(Array.from({ length: 30 }, () => publish(roomy.engine, NODE, big))).then((all) => {
      written = true
      return all
    })
    // Publications keep their order: when this one is answered, all others have reached the service.
    await publish(roomy.engine, '/finesse/api/User/1002')
    clock.advance(9_999)
    client.send(' ')
    await publish(roomy.engine, '/finesse/api/User/1002')
    expect(written).toBe(false)
    clock.advance(1)
    await roomy.engine.logged('unavailable 1001@localhost/stalled')
    // The last ones reached no client.
    expect((await publications).at(-1)).toEqual({ toOwner: false })
    client.socket.destroy()
    await roomy.service.close()
  })

  test('the answer says whether it was written to a session of the user who owns the node', async () => {
    const said = (node: string) => publish(running.engine, node, 'x')
    const [there, not] = [{ toOwner: true }, { toOwner: false }]
    const supervisor = await online(running.port, '1234', 'desk')
    supervisor.send(
      `<iq type='set' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='${NODE}' jid='1234@localhost'/></pubsub></iq>`,
    )
    await supervisor.barrier()
    expect(await said(NODE)).toEqual(not)
    const client = await signIn(running.port, '1001', 'desk')
    expect(await said(NODE)).toEqual(not)
    client.send('<presence><priority>-1</priority></presence>')
    await client.barrier()
    expect(await said(NODE)).toEqual(not)
    client.send('<presence/>')
    await client.barrier()
    expect([await said(NODE), await said(`${NODE}/Media`), await said('/finesse/api/User/1002')]).toEqual([
      there,
      there,
      not,
    ])
  })

  test('a publication waits for the sessions that were available, not for later ones', async () => {
    const [one, two] = [await online(running.port, '1001', 'one'), await signIn(running.port, '1001', 'two')]
    await publish(running.engine, NODE, 'x')
    expect(await documents(one)).toEqual(['x'])
    expect(await two.barrier()).toBe('')
  })
})

test('a client that only opens a stream receives no notification', async () => {
  const client = await RawClient.open(running.port)
  client.send(HEADER)
  await client.until('</stream:features>')
  await publish(running.engine, '/finesse/api/SystemInfo')
  expect(client.received).not.toContain('<message')
})
