/** An engine whose data file is removed while its process continues. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DONE } from '../../src/engine/answers/answer.ts'
import { createEngine, EngineUnavailable, sqliteStore } from '../../src/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { temporaryDirectory } from '../store/directories.ts'

const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const READY = { type: 'user.setState', user: '1001', state: 'READY' } as const

async function started(file: string) {
  const clock = virtualClock()
  const store = sqliteStore(file)
  const engine = await createEngine({ store, clock })
  onTestFinished(() => engine.close())
  const said: unknown[] = []
  const published: string[] = []
  engine.on('store', (event) => said.push({ ...event, state: engine.get.user('1001')?.state }))
  engine.on('notification', ({ node }) => published.push(node))
  return { engine, store, clock, said, published }
}

async function refused(running: Promise<unknown>): Promise<string> {
  const error = await running.catch((reason: unknown) => reason)
  if (!(error instanceof EngineUnavailable)) throw new Error(`not refused: ${error}`)
  return error.message
}

describe('an engine that loses its data file', () => {
  it('is out of service for good, with one message and one event, and shows the confirmed state', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const { engine, clock, said, published } = await started(file)
    await engine.command(SIGN_IN)
    published.length = 0
    rmSync(`${file}.lock`)
    const together = [
      engine.command(READY),
      engine.adapters.presence({ user: '1001', side: 'A', session: 's', available: true }),
    ]
    const [problem, ...others] = await Promise.all(together.map(refused))
    expect(problem).toContain(`${file}.lock was removed or moved; nothing is written any more: put the file back`)
    expect(others).toEqual([problem])
    for (const _ of [1, 2]) {
      expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE', statusReason: problem })
      expect(engine.storeProblem).toBe(problem)
      expect(engine.storeEnd).toBe('lost')
      expect(engine.get.user('1001')?.state).toBe('NOT_READY')
      expect(await refused(engine.command(READY))).toBe(problem)
      await clock.advance(3_600_000)
    }
    expect(said).toEqual([{ problem, end: 'lost', state: 'NOT_READY' }])
    expect(published).toEqual([])
    await engine.close()

    const next = await started(file)
    expect(next.engine.get.user('1001')?.state).toBe('NOT_READY')
    expect(await next.engine.command(READY)).toEqual(DONE)
  })

  it('leaves the file to another engine of the same process, which has everything that was confirmed', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const first = await started(file)
    await first.engine.command(SIGN_IN)
    rmSync(`${file}.lock`)
    const second = await started(file)
    expect(second.engine.get.user('1001')?.state).toBe('NOT_READY')
    expect(await second.engine.command(READY)).toEqual(DONE)
    expect(await refused(first.engine.command(READY))).toContain('state.db.lock was replaced')
    await first.engine.close()
    expect(await second.engine.command({ ...READY, state: 'NOT_READY' })).toEqual(DONE)
  })

  it('is out of service without any request', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const { engine } = await started(file)
    const heard = new Promise((resolve) => engine.on('store', resolve))
    rmSync(file)
    expect(await heard).toMatchObject({ end: 'lost', problem: expect.stringContaining(`${file} was removed`) })
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE' })
  })

  it('refuses a reset with the same message', async () => {
    const file = join(temporaryDirectory(), 'state.db')
    const engine = await createEngine({ store: sqliteStore(file), clock: virtualClock(), resettable: true })
    onTestFinished(() => engine.close())
    rmSync(`${file}-wal`)
    expect(await refused(engine.reset())).toContain(`${file}-wal was removed`)
    expect(engine.get.system()).toMatchObject({ status: 'OUT_OF_SERVICE' })
  })
})

describe('an engine whose store in memory is opened again', () => {
  it('has ended with its process: out of service, and it has no timer left', async () => {
    const clock = virtualClock()
    const store = memoryStore()
    const engine = await createEngine({ store, clock })
    const said: unknown[] = []
    engine.on('store', (event) => said.push(event))
    await engine.command(SIGN_IN)
    await engine.command({ ...SIGN_IN, user: '1002', extension: '1002' })
    expect(clock.timers).toBeGreaterThan(0)
    const after = store.reopen()
    await clock.settle()
    expect(said).toEqual([{ problem: 'the store was opened again', end: 'lost' }])
    expect(await refused(engine.command(READY))).toBe('the store was opened again')
    expect(clock.timers).toBe(0)

    const next = await createEngine({ store: after, clock })
    onTestFinished(() => next.close())
    expect(next.get.user('1001')?.state).toBe('NOT_READY')
    expect(await next.command(READY)).toEqual(DONE)
  })

  it('hears nothing after it was closed in order', async () => {
    const store = memoryStore()
    const engine = await createEngine({ store, clock: virtualClock() })
    const said: unknown[] = []
    engine.on('store', (event) => said.push(event))
    await engine.close()
    store.reopen()
    expect(said).toEqual([])
  })
})
