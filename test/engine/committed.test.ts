/** The event `committed`, and reads of values without notifications: presence and queues. */
import { describe, expect, it } from 'vitest'
import { scriptedAcd } from '../../src/testing/index.ts'
import { bench } from './harness.ts'

const CHAT = '5002'
const EMAIL = '5001'

/** Names of the aggregates in the commits since the last call. */
function commitsOf({ engine }: Awaited<ReturnType<typeof bench>>) {
  let seen: string[] = []
  engine.on('committed', ({ aggregates }) => seen.push(...aggregates))
  return () => {
    const taken = [...new Set(seen)].sort()
    seen = []
    return taken
  }
}

describe('committed', () => {
  it('names each aggregate that took a step, after the notifications, when reads show the change', async () => {
    const stage = await bench()
    const order: string[] = []
    stage.engine.on('notification', ({ value }) => order.push(value.kind))
    stage.engine.on('committed', ({ aggregates }) =>
      order.push(`${aggregates.join()} ${stage.engine.get.user('1001')?.state}`),
    )
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    expect(order.at(-1)).toBe('user/1001 NOT_READY')
    expect(order.indexOf('user')).toBeLessThan(order.length - 1)
  })

  it('is emitted for presence and queues, which have no notifications', async () => {
    const stage = await bench()
    const commits = commitsOf(stage)
    stage.news()
    await stage.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: true })
    expect(commits()).toEqual(['user/1001'])
    await stage.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' })
    expect(commits()).toEqual([`queue/${EMAIL}`])
    expect(stage.news()).toEqual([])
  })

  it('is not emitted for a refused change', async () => {
    const stage = await bench()
    const commits = commitsOf(stage)
    await expect(stage.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'unknown' })).rejects.toThrow()
    expect(commits()).toEqual([])
  })

  it('names all aggregates after a reset, when reads show the new state', async () => {
    const stage = await bench({ resettable: true })
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    let seen: readonly [readonly string[], string | undefined] | undefined
    stage.engine.on('committed', ({ aggregates }) => {
      seen = [aggregates, stage.engine.get.user('1001')?.state]
    })
    await stage.engine.reset()
    expect(seen?.[1]).toBe('LOGOUT')
    expect(seen?.[0]).toEqual(expect.arrayContaining(['user/1001', `queue/${CHAT}`, 'side/A']))
  })
})

describe('presence of a user', () => {
  it('is PRESENT, then GRACE, then ABSENT', async () => {
    const { engine, clock, command } = await bench()
    const session = '1001@localhost/desk'
    const seen = () => engine.get.presence('1001')
    expect(seen()).toEqual({ user: '1001', sides: { A: 'ABSENT' }, actingSide: 'A' })
    await engine.adapters.presence({ user: '1001', side: 'A', session, available: true })
    expect(seen()?.sides.A).toBe('PRESENT')
    await command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await engine.adapters.presence({ user: '1001', side: 'A', session, available: false })
    expect(seen()?.sides.A).toBe('GRACE')
    await clock.advance(60_000)
    expect(seen()?.sides.A).toBe('ABSENT')
    expect(engine.get.presence('9999')).toBeUndefined()
  })
})

describe('queues', () => {
  it('have the number of waiting tasks, the number with agents, and the time since which the first waits', async () => {
    const { engine, clock, ready, act } = await bench()
    const chat = () => engine.get.queues().find(({ mrd }) => mrd === CHAT)
    expect(engine.get.queues().map(({ mrd }) => mrd)).toEqual([EMAIL, CHAT, '5003'])
    expect(chat()).toEqual({ mrd: CHAT, name: 'Chat', waiting: 0, reserved: 0, oldestQueuedAt: null })
    const first = clock.now()
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await clock.advance(1000)
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    expect(chat()).toMatchObject({ waiting: 2, reserved: 0, oldestQueuedAt: first })
    await ready('1001', CHAT, { maxDialogLimit: 1 })
    expect(chat()).toMatchObject({ waiting: 1, reserved: 1, oldestQueuedAt: first + 1000 })
    const [dialog] = engine.get.dialogs('1001', 'nonvoice') ?? []
    for (const action of ['ACCEPT', 'START', 'CLOSE'] as const) await act(dialog?.id ?? '', action)
    expect(chat()).toMatchObject({ waiting: 0, reserved: 1, oldestQueuedAt: null })
  })

  it('do not exist with an external ACD', async () => {
    expect((await bench({ acd: scriptedAcd() })).engine.get.queues()).toEqual([])
  })
})
