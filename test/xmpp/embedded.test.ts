import { describe, expect, test } from 'vitest'
import { notificationService } from '../../src/xmpp/index.ts'
import { HEADER, online, RawClient } from './support/raw-client.ts'
import { accounts, FakeEngine, publish, world } from './support/world.ts'

describe('starting', () => {
  test('a taken port rejects with surface and port, and nothing keeps running', async () => {
    const first = await world()
    const engine = new FakeEngine()
    await expect(world({ port: first.port }, engine)).rejects.toThrow(
      `XMPP over TCP: port ${first.port} on 127.0.0.1 is taken`,
    )
    await expect(world({ port: 0, httpBindPort: first.port }, engine)).rejects.toThrow(
      `XMPP over HTTP: port ${first.port} on 127.0.0.1 is taken`,
    )
    expect(engine.log).toEqual([])
    await first.service.close()
  })

  test('an address of another host rejects as well', async () => {
    await expect(world({ host: '192.0.2.1' })).rejects.toThrow(/XMPP over TCP: port 0 on 192\.0\.2\.1 cannot be opened/)
  })

  test('with every public port off, the engine can still publish', async () => {
    const running = await world({ port: 'off', httpBindPort: 'off' })
    expect(running.service.ports).toEqual({})
    expect(running.service.online).toBe(true)
    await publish(running.engine, '/finesse/api/SystemInfo')
    await running.service.close()
  })

  test('documents are those of Finesse unless `render` is given', async () => {
    const engine = new FakeEngine()
    const service = await notificationService(engine, { accounts, port: 0 })
    const client = await online(service.ports.xmpp ?? 0, '1001')
    await publish(engine, '/finesse/api/SystemInfo')
    const text = await client.until('</message>')
    expect(text).toContain('&lt;Update&gt;&lt;data&gt;&lt;systemInfo&gt;')
    expect(text).toContain('&lt;xmppPubSubDomain&gt;pubsub.localhost&lt;')
    await service.close()
  })

  test('another domain is used in lower case', async () => {
    const running = await world({ domain: 'Fin-A.Example.test' })
    expect([running.service.domain, running.service.pubsubDomain]).toEqual([
      'fin-a.example.test',
      'pubsub.fin-a.example.test',
    ])
    expect(running.service.online).toBe(true)
    const client = await RawClient.open(running.port)
    client.send(HEADER)
    expect(await client.until('</stream:features>')).toContain('from="fin-a.example.test"')
    await running.service.close()
  })
})

test('figures count sessions, deliveries, bytes and refusals', async () => {
  const running = await world()
  const client = await online(running.port, '1001')
  await publish(running.engine, '/finesse/api/User/1001', 'x'.repeat(1000))
  const figures = running.service.figures
  expect(figures).toMatchObject({ sessions: 1, connections: 1, deliveries: 1, refused: 0 })
  expect(figures.bytesOut).toBeGreaterThan(1000)
  expect(figures.bytesIn).toBeGreaterThan(1000)
  client.socket.destroy()
  await running.engine.logged(
    running.engine.log.find((entry) => entry.startsWith('available'))?.replace('available', 'unavailable') ?? '',
  )
  expect(running.service.figures).toMatchObject({ sessions: 0, connections: 0 })
  await running.service.close()
  await running.service.close()
})

test('two sides in one process do not affect each other', async () => {
  const [a, b] = [await world(), await world({ side: 'B', domain: 'side-b' })]
  await online(a.port, '1001', 'd')
  await a.engine.logged('available 1001@localhost/d')
  expect(b.engine.presences).toEqual([])
  expect(b.engine.log[0]).toBe('service B up')
  await a.service.close()
  await b.service.close()
})
