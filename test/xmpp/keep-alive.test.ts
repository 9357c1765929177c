import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HEADER, online, RawClient, signIn } from './support/raw-client.ts'
import { enter } from './support/sign-in.ts'
import { VirtualClock } from './support/virtual-clock.ts'
import { WebSocketClient } from './support/websocket-client.ts'
import { type World, world } from './support/world.ts'

let clock: VirtualClock
let running: World
beforeEach(async () => {
  clock = new VirtualClock()
  running = await world({ clock })
})
afterEach(() => running.service.close())

const PING = /<iq type="get" id="[^"]+" from="localhost" to="1001@localhost\/d"><ping xmlns="urn:xmpp:ping"\/><\/iq>/
const PING_FRAME = /<iq xmlns="jabber:client" type="get" id="[^"]+" from="localhost" to="1001@localhost\/d"><ping/
const TIMEOUT = '<connection-timeout xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>'

/** Advances the clock in steps. The gateway can answer its pings between two steps. */
async function pass(milliseconds: number, client: RawClient): Promise<void> {
  for (let rest = milliseconds; rest > 0; rest -= 10_000) {
    clock.advance(Math.min(rest, 10_000))
    await client.barrier()
  }
}

describe('idle sessions (notifications 10, 15.8)', () => {
  test('are pinged at 60 s and closed at 120 s of silence', async () => {
    const witness = await online(running.port, '1002', 'w')
    const client = await online(running.port, '1001', 'd')
    await pass(59_000, witness)
    expect(client.received).not.toMatch(PING)
    await pass(1_000, witness)
    await client.until(PING)
    await pass(59_000, witness)
    expect(client.closed).toBe(false)
    await pass(1_000, witness)
    expect(await client.end()).toContain(TIMEOUT)
    await running.engine.logged('unavailable 1001@localhost/d')
  })

  test.each([
    ['a result', "<iq type='result' id='x'/>"],
    ['an error', "<iq type='error' id='x'/>"],
    ['white space', ' '],
    ['half a stanza', '<message'],
  ])('stay open when the client sends %s', async (_case, input) => {
    const witness = await online(running.port, '1002', 'w')
    const client = await online(running.port, '1001', 'd')
    for (let round = 0; round < 3; round += 1) {
      await pass(60_000, witness)
      await client.until(PING)
      const before = running.service.figures.bytesIn
      client.send(input)
      while (running.service.figures.bytesIn < before + input.length) await witness.barrier()
      if (input === '<message') break
    }
    await pass(59_000, witness)
    expect(client.closed).toBe(false)
  })

  test('are not pinged while the client sends', async () => {
    const client = await online(running.port, '1001', 'd')
    await pass(300_000, client)
    expect(client.received).not.toMatch(PING)
  })
})

describe('idle sessions over WebSocket', () => {
  let witness: RawClient
  let client: WebSocketClient
  beforeEach(async () => {
    await running.service.close()
    running = await world({ clock, httpBindPort: 0 })
    witness = await online(running.port, '1002', 'w')
    client = await enter(await WebSocketClient.open(running.service.ports.httpBind ?? 0), '1001', { resource: 'd' })
  })

  test('are pinged and closed like those over TCP', async () => {
    await pass(59_000, witness)
    expect(client.received).not.toMatch(PING_FRAME)
    await pass(1_000, witness)
    await client.until(PING_FRAME)
    await pass(59_000, witness)
    expect(client.closed).toBe(false)
    await pass(1_000, witness)
    expect(await client.end()).toContain(TIMEOUT)
  })

  test.each([
    ['a ping of the WebSocket', () => client.socket.ping()],
    ['an unsolicited pong', () => client.socket.pong()],
    ['a frame of white space', () => client.send(' ')],
    ['an error that answers our ping', () => client.send("<iq type='error' id='x' to='localhost'/>")],
  ])('stay open when the client sends %s', async (_case, speak) => {
    for (let round = 0; round < 3; round += 1) {
      await pass(50_000, witness)
      const before = running.service.figures.bytesIn
      speak()
      while (running.service.figures.bytesIn === before) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(client.received).not.toMatch(PING_FRAME)
    expect(client.closed).toBe(false)
  })
})

describe('a connection without sign-in is closed after 30 s', () => {
  test.each([
    ['silence', ''],
    ['a header', HEADER],
    ['white space', '   '],
  ])('after %s', async (_case, input) => {
    const client = await RawClient.open(running.port)
    client.send(input === '' ? ' ' : input)
    const witness = await online(running.port, '1002', 'w')
    await pass(29_999, witness)
    client.send(' ')
    await witness.barrier()
    expect(client.closed).toBe(false)
    await pass(1, witness)
    expect(await client.end()).toContain(TIMEOUT)
  })

  test('a client that binds in time stays connected', async () => {
    const client = await signIn(running.port, '1001', 'd')
    await pass(40_000, client)
    expect(client.closed).toBe(false)
  })
})
