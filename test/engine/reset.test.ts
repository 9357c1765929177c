/** `engine.reset()`: all state is deleted, and the engine starts again on its directory. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type { Publication, Store } from '../../src/engine/ports.ts'
import { createEngine, EngineUnavailable, NotResettable } from '../../src/index.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'
import { scriptedAcd, type VirtualClock, virtualClock } from '../../src/testing/index.ts'
import { readsOf } from './stage.ts'

const CHAT = '5002'
const { directory } = await loadDirectory()
const folder = mkdtempSync(join(tmpdir(), 'mrdian-reset-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Resettable {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly store: Store
  readonly heard: NotificationEvent[]
}

/** An engine in virtual time. A reset sets the clock back. */
async function resettable(options: Partial<EngineOptions> = {}): Promise<Resettable> {
  const clock = virtualClock()
  const store = options.store ?? memoryStore({ keep: 'history' })
  const engine = await createEngine({ resettable: true, clock, directory, ...options, store })
  engine.on('reset', () => clock.reset())
  const heard: NotificationEvent[] = []
  engine.on('notification', (event) => heard.push(event))
  return { engine, clock, store, heard }
}

const signIn = (user: string) => ({ type: 'user.signIn', user, extension: user }) as const

/** A chat that is not accepted, an agent whose desktop disconnects, a call. */
async function story({ engine, clock }: Resettable): Promise<void> {
  await engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: true })
  await engine.command(signIn('1001'))
  await engine.command({ type: 'media.signIn', user: '1001', mrd: CHAT, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
  await engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
  await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
  await clock.advance(30_000)
  await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
  await engine.acd?.submitCall({ from: '5550100', to: '1001' })
  await clock.advance(5000)
  await engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: false })
  await clock.advance(60_000)
}

const contents = (heard: readonly NotificationEvent[]) => heard.map(({ itemId: _, ...content }) => content)

const STORES: readonly (readonly [string, () => Store])[] = [
  ['memory', () => memoryStore({ keep: 'history' })],
  ['a data file', () => sqliteStore(join(folder, `${Math.random()}.db`))],
  ['SQLite in memory', () => sqliteStore(':memory:')],
]

describe.each(STORES)('a reset on %s', (_name, create) => {
  it('shows the state of the first start, in an empty store with another id', async () => {
    const on = await resettable({ store: create(), serves: ['A'] })
    await on.engine.adapters.notificationService('A', true)
    const before = { reads: readsOf(on.engine), id: on.store.id, state: await on.store.load() }
    await story(on)
    on.engine.adapters.records.put('things', 'a', 1)
    expect(readsOf(on.engine)).not.toBe(before.reads)
    await on.engine.reset()
    expect(on.clock.now()).toBe(Date.UTC(2026, 0, 5, 8))
    expect(readsOf(on.engine)).toBe(before.reads)
    expect(await on.store.load()).toEqual(before.state)
    expect(on.store.id).not.toBe(before.id)
    expect(on.engine.history?.storeId).toBe(on.store.id)
    expect(on.engine.adapters.records.list('things')).toEqual([])
    expect(on.engine.erasures.list()).toEqual([])
    await on.engine.close()
  })

  it('a story played again gives the same notifications', async () => {
    const on = await resettable({ store: create() })
    await story(on)
    const first = on.heard.splice(0)
    await on.engine.reset()
    on.heard.length = 0
    await story(on)
    expect(first.length).toBeGreaterThan(10)
    expect(contents(on.heard)).toEqual(contents(first))
    await on.engine.close()
  })
})

describe('work that is under way', () => {
  it('is accepted and then deleted, or refused', async () => {
    const on = await resettable()
    const { users } = on.engine.get.directory()
    const asked = users.map(({ id }) => on.engine.command(signIn(id)))
    const reset = on.engine.reset()
    asked.push(...users.map(({ id }) => on.engine.command(signIn(id))))
    const answers = await Promise.allSettled(asked)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(EngineUnavailable)
      else expect(answer.value.accepted).toBe(true)
    await reset
    expect(on.engine.get.users().map(({ state }) => state)).toEqual(users.map(() => 'LOGOUT'))
    expect(await on.engine.command(signIn('1001'))).toEqual(DONE)
    await on.engine.close()
  })

  it('finds the engine out of service until the new state is there', async () => {
    const on = await resettable()
    const seen: unknown[] = []
    on.engine.on('reset', () => {
      seen.push(on.engine.get.system().status)
      seen.push(on.engine.command(signIn('1001')).catch((error: unknown) => error))
    })
    await on.engine.reset()
    expect(await Promise.all(seen)).toEqual(['OUT_OF_SERVICE', expect.any(EngineUnavailable)])
    expect(on.engine.get.system()).toMatchObject({ status: 'IN_SERVICE', statusReason: '' })
    await on.engine.close()
  })

  it('an erasure is refused and writes nothing', async () => {
    const on = await resettable()
    await story(on)
    const erasure = on.engine.erasures.erase({ callers: ['5550100'] }).catch((error: unknown) => error)
    await on.engine.reset()
    expect(await erasure).toBeInstanceOf(EngineUnavailable)
    expect(on.engine.erasures.list()).toEqual([])
    await on.engine.close()
  })

  it('a session that connects during a reset is connected after it', async () => {
    const on = await resettable()
    const session = '1001@localhost/d'
    let told: Promise<void> | undefined
    on.engine.on('reset', () => {
      told = on.engine.adapters.presence({ user: '1001', side: 'A', session, available: true })
    })
    await on.engine.reset()
    await told
    await on.engine.command(signIn('1001'))
    await on.engine.adapters.presence({ user: '1001', side: 'A', session, available: false })
    await on.clock.advance(60_000)
    expect(on.engine.get.user('1001')?.reason?.code).toBe(50002)
    await on.engine.close()
  })

  it('several resets at once are one', async () => {
    const on = await resettable()
    const ids: string[] = []
    on.engine.on('reset', ({ storeId }) => ids.push(storeId))
    await Promise.all([on.engine.reset(), on.engine.reset(), on.engine.reset()])
    expect(ids).toEqual([on.store.id])
    await on.engine.close()
  })

  it('a listener may call reset', async () => {
    const on = await resettable()
    let reset: Promise<void> | undefined
    const stop = on.engine.on('notification', () => {
      reset ??= on.engine.reset()
    })
    expect(await on.engine.command(signIn('1001'))).toEqual(DONE)
    await reset
    stop()
    expect(on.engine.get.user('1001')?.state).toBe('LOGOUT')
    await on.engine.close()
  })

  it('close waits for the reset, and after close no reset is possible', async () => {
    const on = await resettable()
    const reset = on.engine.reset()
    await Promise.all([on.engine.close(), reset])
    await expect(on.engine.reset()).rejects.toThrow(EngineUnavailable)
  })
})

describe('services', () => {
  it('publishers stay attached, get no old notifications, and get other item ids', async () => {
    const on = await resettable({ serves: ['A'] })
    const published: Publication[] = []
    let hold: (() => void) | undefined
    await on.engine.adapters.notificationService('A', true)
    on.engine.adapters.attach('A', {
      publish: (publication) =>
        new Promise((resolve) => {
          published.push(publication)
          if (publication.notification.value.kind === 'user') hold = resolve
          else resolve()
        }),
    })
    await on.engine.delivered()
    await on.engine.command(signIn('1001'))
    await on.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
    expect(on.engine.figures.outboxPending).toBeGreaterThan(0)
    const old = published.splice(0).map(({ itemId }) => itemId)
    await on.engine.reset()
    hold?.()
    await on.engine.delivered()
    expect(on.engine.get.system().status).toBe('IN_SERVICE')
    expect(published.map(({ notification }) => notification.value.kind)).toEqual(['systemInfo', 'systemInfo'])
    expect(published.every(({ itemId }) => itemId.startsWith(on.store.id))).toBe(true)
    expect(old.some((itemId) => itemId.startsWith(on.store.id))).toBe(false)
    await on.engine.close()
  })

  it('a service that is lost during the reset is missing after it', async () => {
    const on = await resettable({ serves: ['A'] })
    await on.engine.adapters.notificationService('A', true)
    let told: Promise<void> | undefined
    on.engine.on('reset', () => {
      told = on.engine.adapters.notificationService('A', false)
    })
    await on.engine.reset()
    await told
    expect(on.engine.get.system().status).toBe('OUT_OF_SERVICE')
    await on.engine.adapters.notificationService('A', true)
    expect(on.engine.get.system().status).toBe('IN_SERVICE')
    await on.engine.close()
  })

  it("an embedder's ACD keeps its events object, which uses the new state", async () => {
    const acd = scriptedAcd()
    const on = await resettable({ acd })
    const ready = async () => {
      await on.engine.command({
        type: 'media.signIn',
        user: '1001',
        mrd: CHAT,
        maxDialogLimit: 1,
        interruptAction: 'ACCEPT',
      })
      await on.engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
      await acd.offer('1001', { id: 'chat-1', mrd: CHAT, scriptSelector: 'chat_sales' })
      return on.engine.get.dialogs('1001', 'nonvoice')?.map(({ id }) => id)
    }
    const first = await ready()
    expect(first).toHaveLength(1)
    await on.engine.reset()
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
    expect(await ready()).toEqual(first)
    await on.engine.close()
  })
})

describe('a reset that fails', () => {
  it('because the engine was started without `resettable`', async () => {
    const engine = await createEngine({ clock: virtualClock(), directory })
    await engine.command(signIn('1001'))
    await expect(engine.reset()).rejects.toThrow(NotResettable)
    expect(engine.get.user('1001')?.state).toBe('NOT_READY')
    await engine.close()
  })

  it('because the store cannot be emptied: nothing has changed', async () => {
    const store = memoryStore()
    store.clear = () => {
      throw new Error('disk full')
    }
    const on = await resettable({ store })
    await on.engine.command(signIn('1001'))
    await expect(on.engine.reset()).rejects.toThrow(/cannot be emptied: disk full/)
    expect(on.engine.get.user('1001')?.state).toBe('NOT_READY')
    expect(await on.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toEqual(DONE)
    await on.engine.close()
  })

  it('because the store refuses the new state: out of service until the next reset', async () => {
    const store = memoryStore()
    const commit = store.commit.bind(store)
    const on = await resettable({ store })
    await on.engine.command(signIn('1001'))
    store.commit = () => {
      throw new Error('disk full')
    }
    await expect(on.engine.reset()).rejects.toThrow(EngineUnavailable)
    expect(on.engine.storeProblem).toContain('reset')
    await expect(on.engine.command(signIn('1001'))).rejects.toThrow(EngineUnavailable)
    store.commit = commit
    await on.engine.reset()
    expect(on.engine.storeProblem).toBeUndefined()
    expect(await on.engine.command(signIn('1001'))).toEqual(DONE)
    await on.engine.close()
  })
})

it('a hundred resets leave no timers and no undelivered rows', async () => {
  const on = await resettable({ store: sqliteStore(':memory:'), serves: ['A'] })
  await on.engine.adapters.notificationService('A', true)
  await on.engine.reset()
  const { timers } = on.clock
  const begun = performance.now()
  for (let round = 0; round < 100; round += 1) {
    await on.engine.command(signIn('1001'))
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await on.engine.reset()
    expect(on.clock.timers).toBe(timers)
  }
  console.log(`reset: ${((performance.now() - begun) / 100).toFixed(1)} ms each, requests included`)
  const { inputs, outboxPending } = on.engine.figures
  expect(inputs).toBeGreaterThan(100)
  expect(outboxPending).toBeLessThan(10)
  await on.engine.close()
  expect(on.clock.timers).toBe(0)
})
