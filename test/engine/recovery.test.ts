/** The state after a restart, after a failed input, and after a failure of the store. */

import { afterAll, describe, expect, it } from 'vitest'
import { DONE } from '../../src/engine/answers/answer.ts'
import { type Store, Undeliverable } from '../../src/engine/ports.ts'
import { RecoveryError } from '../../src/engine/recovery/recovery-error.ts'
import { createEngine } from '../../src/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { bench, fragileStore, startTask } from './harness.ts'
import { setTraps } from './traps.ts'

const EMAIL = '5001'
const CHAT = '5002'

const traps = setTraps()
afterAll(() => traps.remove())

describe('a restart', () => {
  it('continues with the same states in the middle of an interrupt', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const email = await startTask(on, '1001', EMAIL, 'email_support')
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    const before = {
      user: on.engine.get.user('1001'),
      media: on.engine.get.mediaList('1001'),
      tasks: on.engine.acd?.tasks(),
    }

    const again = await on.restart()
    expect({
      user: again.engine.get.user('1001'),
      media: again.engine.get.mediaList('1001'),
      tasks: again.engine.acd?.tasks(),
    }).toEqual(before)
    expect(again.engine.get.dialog(email)).toMatchObject({ state: 'INTERRUPTED' })
    await again.act(chat, 'CLOSE')
    expect(again.engine.get.dialog(email)).toMatchObject({ state: 'ACTIVE' })
    expect(again.engine.get.media('1001', EMAIL).status?.state).toBe('ACTIVE')
  })

  it('applies a Start Timeout that fell due meanwhile at once, and later ones at their times', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await on.ready('1001', EMAIL)
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await on.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' })
    await on.engine.close()
    const again = await on.restart()
    await again.clock.advance(30_000)
    expect(again.engine.get.media('1001', CHAT).status).toMatchObject({ state: 'READY', routable: false })
    expect(again.engine.get.media('1001', EMAIL).status).toMatchObject({ state: 'RESERVED' })
    await again.engine.close()
    const third = await again.restart()
    third.news()
    await third.clock.advance(89_999)
    expect(third.engine.get.media('1001', EMAIL).status?.state).toBe('RESERVED')
    await third.clock.advance(1)
    expect(third.engine.get.media('1001', EMAIL).status?.state).toBe('READY')
  })

  it('keeps waiting tasks in their order and offers them when an agent is free', async () => {
    const on = await bench()
    const first = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_support' })
    const again = await on.restart()
    await again.ready('1001', CHAT, { maxDialogLimit: 1 })
    expect(again.engine.acd?.tasks().map((task) => task.state)).toEqual(['reserved', 'queued'])
    expect(again.engine.acd?.task(first?.id ?? '')?.state).toBe('reserved')
  })

  it('starts a new grace period, and only when the notification service is back', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/a', available: true })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/a', available: false })
    await on.clock.advance(59_000)
    const again = await on.restart()
    await again.clock.advance(600_000)
    expect(again.news()).toEqual([])
    await again.engine.adapters.notificationService('A', true)
    again.news()
    await again.clock.advance(59_000)
    expect(again.news()).toEqual([])
    await again.clock.advance(1000)
    // 1002 never had a session, so nothing happens to this user.
    expect(again.news()).toEqual(['user 1001 NOT_READY (50002)'])
  })

  it('refuses a store of an unknown machine version', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const stored = await on.store.load()
    const newer: Store = {
      ...fragileStore(),
      load: async () => ({ ...stored, tail: stored.tail.map((row) => ({ ...row, machineVersion: 99 })) }),
    }
    await expect(createEngine({ store: newer, clock: virtualClock() })).rejects.toThrow(RecoveryError)
  })

  it('keeps undelivered notifications, with the same item ids', async () => {
    const on = await bench()
    await on.engine.adapters.notificationService('A', true)
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const before = (await on.store.load()).outbox
    expect(before.length).toBeGreaterThan(0)
    const again = await on.restart()
    const published: string[] = []
    again.engine.adapters.attach('A', {
      publish: async ({ itemId, notification }) => {
        published.push(`${itemId} ${notification.node}`)
      },
    })
    await again.clock.settle()
    expect(published).toEqual(
      expect.arrayContaining(before.map((row) => expect.stringMatching(new RegExp(`^test-${row.number} `)))),
    )
    const ofUser = published.filter((text) => text.endsWith('/User/1001'))
    expect(ofUser).toEqual([...ofUser].sort())
    expect((await again.store.load()).outbox).toEqual([])
  })
})

describe('containment', () => {
  it('a failed input does not change its aggregate, is recorded as failed, and does not affect others', async () => {
    const failures: string[] = []
    const on = await bench()
    on.engine.on('failedInput', ({ aggregate }) => failures.push(aggregate))
    await on.ready('1001', CHAT)
    const before = on.engine.get.mediaList('1001')
    traps.arm('media action makeNotRoutable')
    const failed = await on.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false })
    expect(failed).toMatchObject({ outcome: 'REJECTED', code: 'INTERNAL_ERROR' })
    expect(failures).toEqual(['user/1001'])
    expect(on.engine.get.mediaList('1001')).toEqual(before)
    expect((await on.store.load()).tail.filter((row) => row.outcome === 'failed')).toHaveLength(1)
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    expect(on.engine.get.media('1001', CHAT).status?.state).toBe('NOT_READY')
    const again = await on.restart()
    expect(again.engine.get.mediaList('1001')).toEqual(on.engine.get.mediaList('1001'))
  })

  it('a listener that throws does not disturb the engine', async () => {
    const on = await bench()
    on.engine.on('notification', () => {
      throw new Error('embedder at fault')
    })
    expect(await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual(DONE)
  })
})

describe('a store that fails', () => {
  it('nothing is accepted or published, and the state does not change, until the store works again', async () => {
    const store = fragileStore()
    const clock = virtualClock()
    const engine = await createEngine({ store, clock })
    const published: string[] = []
    engine.on('notification', ({ node }) => published.push(node))
    await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    published.length = 0
    store.broken = true
    await expect(engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).rejects.toThrow('disk full')
    expect(engine.get.user('1001')?.state).toBe('NOT_READY')
    expect(published).toEqual([])
    expect(engine.storeProblem).toContain('disk full')
    expect(engine.get.system()).toMatchObject({
      status: 'OUT_OF_SERVICE',
      statusReason: 'the store does not take changes: disk full',
    })
    store.broken = false
    // It notices without any request.
    await clock.advance(1000)
    expect(engine.get.system().status).toBe('IN_SERVICE')
    expect(await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toEqual(DONE)
    expect(engine.get.user('1001')?.state).toBe('READY')
  })

  it('is reported once when it begins and once when it is over', async () => {
    const store = fragileStore()
    const clock = virtualClock()
    const engine = await createEngine({ store, clock })
    const said: (string | undefined)[] = []
    engine.on('store', ({ problem }) => said.push(problem))
    store.broken = true
    await expect(engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })).rejects.toThrow('disk full')
    await clock.advance(10_000)
    store.broken = false
    await clock.advance(10_000)
    expect(said).toEqual(['the store does not take changes: disk full', undefined])
    expect(engine.figures.failedCommits).toBeGreaterThan(1)
  })

  it('a presence that comes meanwhile is applied later, in order', async () => {
    const store = fragileStore()
    const clock = virtualClock()
    const engine = await createEngine({ store, clock })
    await engine.adapters.notificationService('A', true)
    await engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    store.broken = true
    const session = { user: '1001', side: 'A', session: '1001@localhost/desktop' } as const
    const taken = Promise.all([
      engine.adapters.presence({ ...session, available: true }),
      engine.adapters.presence({ ...session, available: false }),
    ])
    await clock.advance(5000)
    store.broken = false
    await clock.advance(1000)
    await taken
    // The session was available and then unavailable, so the grace period of 60 seconds ends.
    await clock.advance(59_000)
    expect(engine.get.user('1001')?.reason?.code).toBeUndefined()
    await clock.advance(2000)
    expect(engine.get.user('1001')?.reason?.code).toBe(50002)
  })

  it('a deadline that could not be committed is tried again', async () => {
    const store = fragileStore()
    const clock = virtualClock()
    const engine = await createEngine({ store, clock })
    await engine.command({
      type: 'media.signIn',
      user: '1001',
      mrd: CHAT,
      maxDialogLimit: 1,
      interruptAction: 'ACCEPT',
    })
    await engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    store.broken = true
    await clock.advance(30_500)
    expect(engine.get.media('1001', CHAT).status?.state).toBe('RESERVED')
    store.broken = false
    await clock.advance(2000)
    expect(engine.get.media('1001', CHAT).status?.state).toBe('READY')
  })

  it('what is due is applied once the store works, and not again with every attempt', async () => {
    const store = fragileStore()
    const clock = virtualClock()
    const engine = await createEngine({ store, clock })
    const media = { user: '1001', mrd: CHAT } as const
    await engine.command({ type: 'media.signIn', ...media, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    await engine.command({ type: 'media.setState', ...media, state: 'READY' })
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    store.broken = true
    store.offered.length = 0
    await clock.advance(60_000)
    const withRows = () => store.offered.filter(({ journal }) => journal.length > 0)
    expect(store.offered.length).toBeGreaterThan(20)
    expect(withRows().length).toBeLessThan(2)
    store.offered.length = 0
    store.broken = false
    await clock.advance(1000)
    expect(withRows()).toHaveLength(1)
  })
})

describe('a notification service that refuses', () => {
  it('a refused notification blocks its node and is sent again; other nodes are not blocked', async () => {
    const on = await bench()
    const published: string[] = []
    let refusals = 2
    on.engine.adapters.attach('A', {
      publish: async ({ notification: { node } }) => {
        if (node.endsWith('/Media') && refusals-- > 0) throw new Error('not now')
        published.push(node.replace('/finesse/api/', ''))
      },
    })
    await on.command({ type: 'media.signIn', user: '1001', mrd: EMAIL, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.clock.settle()
    expect(published).toEqual(['User/1001', 'Team/2001/Users'])
    await on.clock.advance(1000)
    expect(published).toEqual(['User/1001', 'Team/2001/Users', 'User/1001/Media'])
    expect(on.engine.figures.outboxPending).toBe(0)
  })

  it('a notification that can never be delivered is dropped and does not block its node', async () => {
    const on = await bench()
    const published: string[] = []
    on.engine.adapters.attach('A', {
      publish: async ({ itemId, notification: { shape } }) => {
        if (itemId.endsWith('-1')) throw new Undeliverable('too large')
        if (shape === 'item') published.push(itemId)
      },
    })
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await on.clock.settle()
    expect(published).toEqual(['test-3'])
    expect(on.engine.figures.outboxPending).toBe(0)
  })
})
