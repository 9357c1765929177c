/** A restart with more connected agents than a start waits for: the service begins before all of them are known to be away. */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Engine } from '../../src/engine/api.ts'
import { createEngine } from '../../src/index.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'
import { agents, directoryOf } from '../bench/agents.ts'
import { every } from '../store/rows.ts'

const IDS = agents(200)
const [FIRST = '', LAST = '', OTHER = ''] = [IDS[0], IDS.at(-1), IDS.at(-2)]
const DIRECTORY = directoryOf(IDS)
const GRACE = DIRECTORY.settings.presenceGraceSeconds * 1000

const connects = (engine: Engine, user: string, session = 'desktop') =>
  engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/${session}`, available: true })

/** An engine and its notification service. */
async function started(store: MemoryStore, clock: VirtualClock) {
  const engine = await createEngine({ store, clock, directory: DIRECTORY, serves: ['A'] })
  const sent: string[] = []
  const serve = () => {
    engine.adapters.attach('A', {
      publish: async ({ lane, notification: { value, shape } }) => {
        if (value.kind === 'user' && shape !== 'summary') sent.push(`${lane} ${value.state}`)
      },
    })
    return engine.adapters.notificationService('A', true)
  }
  const presence = (user: string) => engine.get.presence(user)?.sides.A
  return { engine, clock, store, sent, serve, presence }
}

/** The next process, after one that has died with all agents connected and signed in. */
async function restarted() {
  const clock = virtualClock()
  const { engine, store, serve } = await started(memoryStore({ keep: 'history' }), clock)
  await serve()
  const signIns = IDS.map((user) => engine.command({ type: 'user.signIn', user, extension: user }))
  await Promise.all([...IDS.map((user) => connects(engine, user)), ...signIns])
  await engine.delivered()
  // The store knows it too.
  await clock.advance(1000)
  const before = store.history?.lastPosition ?? 0
  const on = await started(store.reopen(), virtualClock(clock.now()))
  onTestFinished(() => on.engine.close())
  const rows = async () => every(on.store.history?.all(before) ?? [])
  return { ...on, rows }
}

const READY = { type: 'user.setState', state: 'READY' } as const

describe('a restart of many connected agents', () => {
  it('is over before all of them are known to be away, and gives each of them the same inputs', async () => {
    const { clock, serve, presence, rows } = await restarted()
    expect([presence(FIRST), presence(LAST)]).toEqual(['UNKNOWN', 'PRESENT'])
    const serving = serve()
    await clock.settle()
    await serving
    // The others follow when the program has had time to open its ports.
    expect([presence(FIRST), presence(LAST)]).toEqual(['GRACE', 'PRESENT'])
    await clock.advance(1000)
    expect([presence(FIRST), presence(LAST)]).toEqual(['GRACE', 'GRACE'])
    const inputs = Map.groupBy(await rows(), ({ aggregate }) => aggregate)
    const of = (user: string) => inputs.get(`user/${user}`)?.map(({ input }) => input)
    const [lost, back] = ['SERVICE_LOST', 'SERVICE_BACK'].map((type) => ({ kind: 'user', event: { type, side: 'A' } }))
    expect(of(FIRST)).toEqual([{ kind: 'awaited', sides: ['A'] }, lost, back])
    expect(IDS.filter((user) => JSON.stringify(of(user)) !== JSON.stringify(of(FIRST)))).toEqual([])
  })

  it('keeps the notifications of every agent until a session of the agent has come', async () => {
    const { engine, clock, serve, sent, presence } = await restarted()
    const ready = engine.command({ ...READY, user: LAST })
    const [serving, present] = [serve(), connects(engine, OTHER)]
    const others = engine.command({ ...READY, user: OTHER })
    await clock.settle()
    await Promise.all([ready, serving, present, others])
    expect(sent.filter((line) => line.startsWith('A:user/'))).toEqual([`A:user/${OTHER} READY`])
    const later = connects(engine, LAST)
    await clock.settle()
    await later
    expect(sent.filter((line) => line.startsWith('A:user/'))).toEqual([`A:user/${OTHER} READY`, `A:user/${LAST} READY`])
    expect([presence(OTHER), presence(LAST)]).toEqual(['PRESENT', 'PRESENT'])
    // Who has come stays, and who has not is given up after the grace period.
    await clock.advance(GRACE + 1000)
    expect([OTHER, LAST, FIRST, IDS[150] ?? ''].map(presence)).toEqual(['PRESENT', 'PRESENT', 'ABSENT', 'ABSENT'])
    expect(IDS.filter((user) => presence(user) === 'ABSENT')).toHaveLength(IDS.length - 2)
  })

  it('that dies again before all are known to be away: the next one finds the rest', async () => {
    const { clock, store, presence } = await restarted()
    expect(presence(LAST)).toBe('PRESENT')
    const again = await started(store.reopen(), virtualClock(clock.now()))
    onTestFinished(() => again.engine.close())
    const serving = again.serve()
    await again.clock.advance(1000)
    await serving
    expect(Object.groupBy(IDS, (user) => again.presence(user) ?? '')).toEqual({ GRACE: IDS })
  })

  it('with a grace period that ends while agents are still unknown gives up nobody too early, and all in the end', async () => {
    const { engine, clock, serve, presence } = await restarted()
    const serving = serve()
    // The session comes while the agent is unknown.
    const present = connects(engine, LAST, 'another')
    await clock.settle()
    await Promise.all([serving, present])
    await clock.advance(GRACE - 1000)
    expect([presence(FIRST), presence(LAST), presence(OTHER)]).toEqual(['GRACE', 'PRESENT', 'GRACE'])
    await clock.advance(2000)
    expect(engine.figures.outboxPending).toBe(0)
    expect([presence(FIRST), presence(LAST), presence(OTHER)]).toEqual(['ABSENT', 'PRESENT', 'ABSENT'])
  })
})
