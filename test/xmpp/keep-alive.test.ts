import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { auth, HEADER, online, plain, RawClient, signIn } from './support/raw-client.ts'
import { VirtualClock } from './support/virtual-clock.ts'
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

/** Moves on in steps in which the gateway can answer its pings. */
async function pass(milliseconds: number, client: RawClient): Promise<void> {
  for (let rest = milliseconds; rest > 0; rest -= 10_000) {
    clock.advance(Math.min(rest, 10_000))
    await client.barrier()
  }
}

describe('idle sessions (notifications.md 10, 15.8)', () => {
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
  ])('live on by %s', async (_case, input) => {
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

  test('no ping while the client speaks', async () => {
    const client = await online(running.port, '1001', 'd')
    await pass(300_000, client)
    expect(client.received).not.toMatch(PING)
  })
})

describe('idle sessions over WebSocket', () => {
  test('are pinged and closed all the same; a WebSocket ping is life', async () => {
    await running.service.close()
    running = await world({ clock, httpBindPort: 0 })
    const witness = await online(running.port, '1002', 'w')
    const socket = new WebSocket(`ws://127.0.0.1:${running.service.ports.httpBind}/ws`, 'xmpp')
    const frames: string[] = []
    const heard = async (text: string) => {
      while (!frames.some((frame) => frame.includes(text))) await witness.barrier()
    }
    socket.on('message', (data) => frames.push(String(data)))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    const open = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'
    const bind = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>d</resource></bind>'
    for (const frame of [open, auth(plain('1001')), open]) socket.send(frame)
    socket.send(`<iq xmlns="jabber:client" type="set" id="b">${bind}</iq>`)
    await heard('1001@localhost/d')
    await pass(50_000, witness)
    const pong = new Promise((resolve) => socket.once('pong', resolve))
    socket.ping()
    await pong
    await pass(50_000, witness)
    expect(frames.join('')).not.toMatch(PING_FRAME)
    await pass(10_000, witness)
    await heard('urn:xmpp:ping')
    expect(frames.join('')).toMatch(PING_FRAME)
    await pass(60_000, witness)
    await closed
    expect(frames.join('')).toContain(TIMEOUT)
  })
})

describe('sign-in takes 30 s at most', () => {
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

  test('binding in time is enough', async () => {
    const client = await signIn(running.port, '1001', 'd')
    await pass(40_000, client)
    expect(client.closed).toBe(false)
  })
})
