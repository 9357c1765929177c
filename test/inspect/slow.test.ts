/** The memory for one viewer is limited, also when it reads slowly. */
import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { bareActor } from '../../src/engine/inspection/refs.ts'
import { Backlog } from '../../src/inspect/backlog.ts'
import { inspectorBridge } from '../../src/inspect/bridge.ts'
import { Seen } from '../../src/inspect/seen.ts'
import { bench } from '../engine/harness.ts'
import { signIn } from './story.ts'

function seen(aggregate: string, sequence: number): Seen {
  const step = { aggregate, sequence, at: 0, position: 1, input: 'user', origin: null, cause: null }
  const actorRef = bareActor(aggregate)
  const event = { type: '@xstate.event', rootId: aggregate, actorRef, step, index: 0, sourceRef: undefined } as const
  return new Seen({ ...event, event: { type: 'READY' } }, false)
}

const QUEUE_MAX = 2000

function backlog() {
  const counted = { dropped: 0 }
  const made = new Backlog(QUEUE_MAX, () => {
    counted.dropped += 1
  })
  return { made, counted }
}

it('keeps frames up to the limit, then sends the present state of the aggregate instead', () => {
  const { made, counted } = backlog()
  made.begin([])
  for (let sequence = 1; sequence <= QUEUE_MAX + 500; sequence += 1) made.add(seen('user/1001', sequence))
  expect(made.waiting).toBe(QUEUE_MAX)
  expect(counted.dropped).toBe(500)
  expect(made.takeDropped()).toBe(500)
  expect(made.takeBehind()).toBe('user/1001')
  // All its frames that still wait are older than its present state.
  made.caughtUp('user/1001', QUEUE_MAX + 500)
  expect(made.waiting).toBe(0)
  made.add(seen('user/1002', 1))
  expect(made.take()?.aggregate).toBe('user/1002')
  expect(made.take()).toBeUndefined()
})

it('nothing counts as dropped before the stream has begun', () => {
  const { made, counted } = backlog()
  made.begin(['user/1001'])
  made.add(seen('user/1001', 1))
  expect([made.waiting, counted.dropped, made.hasBegun()]).toEqual([0, 0, false])
  made.takeBehind()
  expect([made.hasBegun(), made.hasBegun()]).toEqual([true, false])
})

/** A socket whose other end does not read. */
class StuckSocket extends EventEmitter {
  readonly OPEN = WebSocket.OPEN
  readonly readyState = WebSocket.OPEN
  bufferedAmount = 0
  sent = 0
  send(text: string): void {
    this.sent += 1
    this.bufferedAmount += text.length
  }
  ping(): void {}
  close(): void {}
  terminate(): void {}
}

it('a viewer that does not read gets a limited number of bytes, and does not affect the engine', async () => {
  const on = await bench()
  await signIn(on)
  const bridge = inspectorBridge(on.engine, { framesPerSecond: 1_000_000 })
  const socket = new StuckSocket()
  socket.bufferedAmount = 900_000
  const view = { isCompact: false, users: [], mrds: [], dialogs: [], focus: [] }
  // The bridge uses only these members of a socket.
  bridge.add(socket as unknown as WebSocket, view)
  await nextTurn()
  for (let round = 0; round < 400; round += 1)
    for (const state of ['NOT_READY', 'READY'] as const)
      await on.command({ type: 'media.setState', user: '1001', mrd: '5001', state })
  expect(socket.bufferedAmount).toBeLessThan(1.2 * 1024 * 1024)
  expect(bridge.figures.framesDropped).toBeGreaterThan(0)
  expect(on.engine.get.media('1001', '5001').status?.state).toBe('READY')
  socket.emit('close')
  expect(bridge.figures.viewers).toBe(0)
  bridge.close()
  await on.engine.close()
})
