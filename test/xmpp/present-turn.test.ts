/** Input of many clients that arrives together is spread over turns of the event loop. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { connectionArrived, inTurn, timeInTurn } from '../../src/waiting/present-turn.ts'
import { turns } from '../suite/turns.ts'
import { onlineBy, TRANSPORTS } from './support/transports.ts'
import { world } from './support/world.ts'

/** Keeps the thread busy for 5 ms. */
function work(): void {
  const end = performance.now() + 5
  while (performance.now() < end);
}

const NUMBERS = Array.from({ length: 40 }, (_, n) => n)

it('a turn does a few pieces of work, in the order of the questions, and all are done', async () => {
  const { note, slices } = turns()
  const done: number[] = []
  const atOnce = await new Promise<number>((resolve) => {
    let before = 0
    for (const n of NUMBERS)
      inTurn(() => {
        work()
        note()
        done.push(n)
        if (done.length === NUMBERS.length) resolve(before)
      })
    before = done.length
  })
  expect(done).toEqual(NUMBERS)
  // 20 ms, and one piece that was begun just before.
  expect(atOnce).toBeLessThanOrEqual(5)
  for (const pieces of slices()) expect(pieces).toBeLessThanOrEqual(2 * 5)
  expect(slices().length).toBeGreaterThanOrEqual(4)
})

it('while connections arrive, turns are short, because a listener accepts one connection in a turn', async () => {
  const { note, slices } = turns()
  await new Promise<void>((resolve) => {
    for (const n of NUMBERS)
      inTurn(() => {
        connectionArrived()
        work()
        note()
        if (n === NUMBERS.length - 1) resolve()
      })
  })
  // The first turn begins before it is known. Later each piece is longer than the turn may be.
  for (const pieces of slices().slice(1)) expect(pieces).toBeLessThanOrEqual(2)
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
})

it('while connections arrive, most turns are without work, so that a listener can accept more of them', async () => {
  let left = NUMBERS.length
  for (const _ of NUMBERS)
    inTurn(() => {
      work()
      left -= 1
    })
  let loops = 0
  for (; left > 0; loops += 1) {
    connectionArrived()
    await nextTurn()
  }
  // Each piece is a turn of its own, and the pause after it is twice as long as the piece.
  expect(loops).toBeGreaterThan(10 * NUMBERS.length)
})

it('a client that goes on asking does not delay the others', async () => {
  const order: string[] = []
  const client = async (name: string, pieces: number) => {
    for (let piece = 0; piece < pieces; piece += 1) {
      await timeInTurn()
      work()
      order.push(name)
    }
  }
  await Promise.all([client('busy', 30), client('second', 1), client('third', 1)])
  expect(order.indexOf('second')).toBeLessThan(12)
  expect(order.indexOf('third')).toBeLessThan(12)
})

it('without other work there is always time', async () => {
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    expect(timeInTurn()).toBeUndefined()
  }
})

const UPGRADE = [
  'GET /ws HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: xmpp',
]

it('a client that resets its connection while its upgrade waits does not harm the service', async () => {
  const running = await world({ httpBindPort: 0 })
  const client = connect(running.service.ports.httpBind ?? 0, '127.0.0.1')
  client.on('error', () => undefined)
  await once(client, 'connect')
  // Some sixty turns of other work are ahead of the upgrade.
  const others = Array.from({ length: 60 * 5 }, () => new Promise<void>((done) => inTurn(() => done(work()))))
  client.write(`${UPGRADE.join('\r\n')}\r\n\r\n`)
  for (let turn = 0; turn < 10; turn += 1) await nextTurn()
  client.resetAndDestroy()
  await Promise.all(others)
  const next = await onlineBy(TRANSPORTS.WebSocket, running, '1001')
  expect(next.closed).toBe(false)
  await running.service.close()
})
