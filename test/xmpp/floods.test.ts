/** Floods of fast, slow or silent clients are bounded and refused with an error, and others are still served. */
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { send } from './support/bosh-client.ts'
import { HEADER, online, RawClient } from './support/raw-client.ts'
import { onlineBy, TRANSPORTS } from './support/transports.ts'
import { WebSocketClient } from './support/websocket-client.ts'
import { publish, type World, world } from './support/world.ts'

let running: World
afterEach(() => running.service.close())

const CONNECTIONS = 40

async function start(limits = {}): Promise<void> {
  running = await world({ httpBindPort: 0, limits: { connections: CONNECTIONS, boshFarewellMs: 20, ...limits } })
}

/** Clients that connect, send a little without signing in, and stay connected. Each returns how to disconnect it. */
const KNOCKS: Record<string, () => () => void> = {
  TCP: () => {
    const socket = connect(running.port, '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.write(HEADER)
    return () => socket.destroy()
  },
  WebSocket: () => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.service.ports.httpBind}/ws`, 'xmpp')
    socket.on('error', () => undefined)
    socket.on('open', () => socket.send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost"/>'))
    return () => socket.terminate()
  },
  BOSH: () => {
    const body = "<body xmlns='http://jabber.org/protocol/httpbind' rid='1' to='localhost' hold='1' wait='60'/>"
    const request = send(`http://127.0.0.1:${running.service.ports.httpBind}/http-bind`, body)
    return () => request.abort()
  },
}

test.each(Object.entries(KNOCKS))(
  'a flood of clients without sign-in over %s is bounded, sessions go on, and new clients can sign in',
  async (_transport, knock) => {
    await start()
    const before = await online(running.port, '1001')
    const gone: (() => void)[] = []
    const flood = async (count: number) => {
      const { refused } = running.service.figures
      for (let index = 0; index < count; index += 1) gone.push(knock())
      // Waits until the service has accepted or refused all of them.
      while (running.service.figures.refused < refused + Math.max(0, count - CONNECTIONS)) await before.barrier()
    }
    await flood(200)
    expect(running.service.figures.connections).toBe(CONNECTIONS)
    const newcomer = await online(running.port, '1002')
    await publish(running.engine, '/finesse/api/User/1001')
    await before.until('</message>')
    await flood(100)
    expect(running.service.figures.connections).toBe(CONNECTIONS)
    await newcomer.barrier()
    expect(running.service.figures.sessions).toBe(2)
    for (const go of gone) go()
  },
)

test('the oldest client without sign-in is closed to make room, with resource-constraint', async () => {
  await start({ connections: 2 })
  const first = await RawClient.open(running.port)
  first.send(HEADER)
  await first.until('</stream:features>')
  await online(running.port, '1001')
  await online(running.port, '1002')
  expect(await first.end()).toContain('<resource-constraint xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>')
})

test.each(Object.entries(TRANSPORTS))(
  'a flood of subscriptions over %s is bounded and refused with an error, and others are served in between',
  async (_transport, connect) => {
    await start({ subscriptionsPerUser: 100 })
    const supervisor = await onlineBy(connect, running, '1234', { resource: 'd' })
    const other = await online(running.port, '1001')
    const subscribe = (index: number) =>
      `<iq xmlns='jabber:client' type='set' id='s${index}' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/finesse/api/Team/2001/Users' jid='1234@localhost/r${index}'/></pubsub></iq>`
    const COUNT = 1000
    const requests = Array.from({ length: COUNT }, (_, index) => subscribe(index))
    if (supervisor instanceof WebSocketClient) for (const request of requests) supervisor.send(request)
    // A hundred at a time, because the size of a BOSH body is limited.
    else for (let at = 0; at < COUNT; at += 100) supervisor.send(requests.slice(at, at + 100).join(''))
    await other.barrier()
    expect(supervisor.received).not.toContain(`id="s${COUNT - 1}"`)
    const answers = await supervisor.until(new RegExp(`id="s${COUNT - 1}".*?</iq>`))
    expect(answers.match(/subscription="subscribed"/g)).toHaveLength(100)
    expect(answers.match(/<too-many-subscriptions /g)).toHaveLength(COUNT - 100)
    expect(running.engine.adapters.records.list('xmpp-subscriptions-A')).toHaveLength(100)
  },
)

test('a flood of requests by a client that does not read ends its stream only', async () => {
  await start({ writeBufferBytes: 64 * 1024 })
  const greedy = await online(running.port, '1001')
  const other = await online(running.port, '1002')
  greedy.socket.pause()
  const ping = `<iq type='get' id='${'x'.repeat(2000)}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`
  // More than the buffers of the operating system can hold.
  for (let index = 0; index < 8000 && running.service.figures.sessions > 1; index += 1) {
    greedy.send(ping)
    if (index % 50 === 0) await other.barrier()
  }
  await running.engine.logged(
    running.engine.log.find((entry) => entry.startsWith('available 1001@'))?.replace('available', 'unavailable') ?? '',
  )
  await other.barrier()
})
