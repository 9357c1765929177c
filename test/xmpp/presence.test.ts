import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HEADER, online, RawClient, signIn } from './support/raw-client.ts'
import { publish, type World, world } from './support/world.ts'

let running: World
beforeEach(async () => {
  running = await world()
})
afterEach(() => running.service.close())

const AVAILABLE = 'available 1001@localhost/d'
const UNAVAILABLE = 'unavailable 1001@localhost/d'

describe('presence reaches the engine (notifications 9.1)', () => {
  test('as user id and session, for every available presence', async () => {
    await online(running.port, 'areyes', 'd')
    await running.engine.logged(AVAILABLE)
    expect(running.engine.presences).toEqual([
      { user: '1001', side: 'A', session: '1001@localhost/d', available: true },
    ])
  })

  test('repeated presence is passed on, directed presence is not', async () => {
    const client = await online(running.port, '1001', 'd')
    client.send("<presence to='1002@localhost'/><presence to='finesse@localhost' type='unavailable'/>")
    client.send('<presence><show>away</show></presence>')
    await client.barrier()
    await publish(running.engine, '/finesse/api/User/1001')
    expect(running.engine.presences.map((presence) => presence.available)).toEqual([true, true])
  })

  test.each([
    ['unavailable presence', (client: RawClient) => client.send("<presence type='unavailable'/>")],
    ['end of the stream', (client: RawClient) => client.send('</stream:stream>')],
    ['end of the connection', (client: RawClient) => client.socket.end()],
    ['reset', (client: RawClient) => client.socket.resetAndDestroy()],
    ['broken XML', (client: RawClient) => client.send('<<')],
  ])('%s makes the session unavailable, once', async (_case, leave) => {
    const client = await online(running.port, '1001', 'd')
    leave(client)
    await running.engine.logged(UNAVAILABLE)
    client.socket.destroy()
    const other = await online(running.port, '1002', 'd')
    await running.engine.logged('available 1002@localhost/d')
    await other.barrier()
    expect(running.engine.log.filter((entry) => entry === UNAVAILABLE)).toHaveLength(1)
  })

  test('a session that was never available is not reported as unavailable', async () => {
    const client = await signIn(running.port, '1001', 'd')
    client.send("<presence type='unavailable'/></stream:stream>")
    await client.end()
    await online(running.port, '1002', 'd')
    await running.engine.logged('available 1002@localhost/d')
    expect(running.engine.log).not.toContain(UNAVAILABLE)
  })

  test('the presence of administrators is not reported', async () => {
    await online(running.port, 'admin', 'd')
    await online(running.port, '1002', 'd')
    await running.engine.logged('available 1002@localhost/d')
    expect(running.engine.presences.map((presence) => presence.user)).toEqual(['1002'])
  })
})

describe('conflict (notifications 9.5, 15.10)', () => {
  test('the old stream ends before the new session becomes available', async () => {
    const old = await online(running.port, '1001', 'd')
    const young = await online(running.port, 'areyes', 'd')
    expect(await old.end()).toContain('<conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>')
    await running.engine.logged(UNAVAILABLE)
    await publish(running.engine, '/finesse/api/User/1001')
    await young.until('</message>')
    expect(running.engine.log.filter((entry) => entry.includes('1001'))).toEqual([AVAILABLE, UNAVAILABLE, AVAILABLE])
  })

  test('resources differ by letter case', async () => {
    const upper = await online(running.port, '1001', 'D')
    await online(running.port, '1001', 'd')
    await upper.barrier()
  })
})

describe('the beacon (notifications 4)', () => {
  test('is sent after the first presence, and not again', async () => {
    const client = await signIn(running.port, '1001', 'd')
    expect(await client.barrier()).toBe('')
    client.send('<presence/>')
    expect(await client.barrier()).toBe('<presence from="finesse@localhost" to="1001@localhost/d"/>')
    client.send('<presence><show>away</show></presence>')
    expect(await client.barrier()).toBe('')
  })

  test('is sent again after unavailable and available', async () => {
    const client = await online(running.port, '1001', 'd')
    client.send("<presence type='unavailable'/><presence/>")
    expect(await client.barrier()).toContain('from="finesse@localhost"')
  })

  test('is sent for a negative priority too, because it is no notification', async () => {
    const client = await signIn(running.port, '1001', 'd')
    client.send('<presence><priority>-1</priority></presence>')
    expect(await client.barrier()).toContain('from="finesse@localhost"')
  })

  test('answers subscribe and probe', async () => {
    const client = await online(running.port, '1001', 'd')
    client.send("<presence type='subscribe' to='finesse@localhost' id='x'/>")
    expect(await client.barrier()).toBe(
      '<presence type="subscribed" id="x" from="finesse@localhost" to="1001@localhost"/><presence from="finesse@localhost" to="1001@localhost/d"/>',
    )
    client.send("<presence type='probe' to='finesse@localhost'/><presence type='subscribe' to='1002@localhost'/>")
    expect(await client.barrier()).toBe('<presence from="finesse@localhost" to="1001@localhost/d"/>')
  })

  test('users do not see each other', async () => {
    const one = await online(running.port, '1001', 'd')
    await online(running.port, '1002', 'd')
    expect(await one.barrier()).toBe('')
  })
})

describe('the end of the service (notifications 9.5, RFC 6120 4.9.3.20)', () => {
  test('clients get system-shutdown, and the engine learns that the service is gone, not that agents left', async () => {
    const client = await online(running.port, '1001', 'd')
    const fresh = await RawClient.open(running.port)
    fresh.send(HEADER)
    await fresh.until('</stream:features>')
    await running.service.close()
    const text = await client.end()
    expect(text).toContain('<presence type="unavailable" from="finesse@localhost"')
    expect(text).toContain(
      '<system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>',
    )
    expect(await fresh.end()).toContain('<system-shutdown')
    expect(running.engine.log).toEqual(['service A up', 'attach A', AVAILABLE, 'detach A', 'service A down'])
    await expect(RawClient.open(running.port)).rejects.toThrow('ECONNREFUSED')
  })

  test('a client that never closes does not delay it', async () => {
    const client = await online(running.port, '1001', 'd')
    client.socket.pause()
    await running.service.close()
    client.socket.destroy()
  })
})
