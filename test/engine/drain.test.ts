/** A drain: no new sign-ins, no new offers, work in hand is finished, and the next start offers the waiting tasks. */

import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import { AcdRefusal } from '../../src/engine/acd/api.ts'
import { DONE, refused, rejected } from '../../src/engine/answers/answer.ts'
import { type Engine, EngineUnavailable } from '../../src/engine/api.ts'
import { replay } from '../../src/history/replay.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { scriptedAcd, virtualClock } from '../../src/testing/index.ts'
import { Day } from '../history/explain/stage.ts'
import { every } from '../store/rows.ts'
import { type Bench, bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'
const { directory: SAMPLE } = await loadDirectory()

const DRAINING = rejected('DRAINING', '')
const QUIET = { draining: false, since: null, tasks: 0, calls: 0, waiting: 0, signedIn: 0 }

const submit = (on: Pick<Bench, 'engine'>, mrd: string, agentId?: string) =>
  on.engine.acd?.submitTask({
    mrd,
    scriptSelector: mrd === EMAIL ? 'email_support' : 'chat_sales',
    ...(agentId === undefined ? {} : { agentId }),
  })

const phases = (engine: Engine): readonly string[] => {
  const seen: string[] = []
  engine.on('drain', ({ phase }) => seen.push(phase))
  return seen
}

const mediaSignIn = (user: string, mrd: string) =>
  ({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' }) as const

describe('a sign-in during a drain', () => {
  it('is refused, to voice and to an MRD, if the user is not signed in there', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    await on.engine.drain()
    const signIn = (user: string) => on.command({ type: 'user.signIn', user, extension: user })
    expect([
      await signIn('1001'),
      await on.command(mediaSignIn('1001', CHAT)),
      await on.command(mediaSignIn('1002', CHAT)),
    ]).toEqual([DRAINING, DRAINING, DRAINING])
    expect(await on.command(mediaSignIn('nobody', CHAT))).toMatchObject({ code: 'USER_NOT_FOUND' })
    expect(on.engine.get.user('1001')?.state).toBe('LOGOUT')
    await on.engine.resume()
    expect(await signIn('1001')).toEqual(DONE)
  })

  it('is accepted from a signed-in user: a reloaded desktop works on, and its sign-out is final', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', CHAT)
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 's1', available: true })
    await on.engine.drain()
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 's1', available: false })
    await on.engine.adapters.presence({ user: '1001', side: 'A', session: 's2', available: true })
    expect(await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual(DONE)
    on.news()
    expect(await on.command(mediaSignIn('1001', CHAT))).toEqual({
      ...refused({ failure: 'ALREADY_SIGNED_IN_TO_MEDIA', detail: '', subject: { kind: 'media', mrd: CHAT } }),
      message:
        'A repeated sign-in is refused, but its settings count. LOGIN was requested in READY, which allows READY, NOT_READY, LOGOUT, NOT_ROUTABLE.',
      state: 'READY',
      allowed: ['READY', 'NOT_READY', 'LOGOUT', 'NOT_ROUTABLE'],
    })
    expect(on.news()).toEqual(['error ALREADY_SIGNED_IN_TO_MEDIA on User/1001/Media'])
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY', reasonCodeId: '17' })
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'LOGOUT', reasonCodeId: '18' })
    expect(on.engine.get.media('1001', CHAT).status?.state).toBe('LOGOUT')
    expect(await on.command(mediaSignIn('1001', CHAT))).toEqual(DRAINING)
  })
})

describe('work during a drain', () => {
  it('waits if it is new, even for one agent; work in hand is finished, and DONE is emitted once', async () => {
    const on = await bench()
    const seen = phases(on.engine)
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    const since = on.clock.now()
    await on.engine.drain()
    await on.engine.drain()
    expect(await submit(on, CHAT)).toMatchObject({ state: 'queued' })
    expect(await submit(on, CHAT, '1001')).toMatchObject({ state: 'queued', pinnedTo: '1001' })
    expect(on.engine.get.drain()).toEqual({ draining: true, since, tasks: 1, calls: 0, waiting: 2, signedIn: 1 })
    expect(seen).toEqual(['BEGUN'])
    await on.act(dialog, 'CLOSE')
    expect(seen).toEqual(['BEGUN', 'DONE'])
    await submit(on, CHAT)
    expect(on.engine.get.drain()).toEqual({ draining: true, since, tasks: 0, calls: 0, waiting: 3, signedIn: 1 })
    on.news()
    await on.engine.resume()
    expect(on.engine.acd?.tasks().map(({ state }) => state)).toEqual(['handled', 'reserved', 'reserved', 'reserved'])
    expect(on.engine.get.drain()).toEqual({ ...QUIET, tasks: 3, signedIn: 1 })
    expect(seen).toEqual(['BEGUN', 'DONE', 'OVER'])
  })

  it('is not offered again after a Start Timeout', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await on.ready('1002', CHAT)
    const seen = phases(on.engine)
    await submit(on, CHAT)
    await on.engine.drain()
    await on.clock.advance(30_000)
    expect(on.engine.acd?.tasks().map(({ state }) => state)).toEqual(['resubmitted', 'queued'])
    expect(seen).toEqual(['BEGUN', 'DONE'])
    await on.engine.resume()
    expect(on.engine.acd?.tasks().map(({ state }) => state)).toEqual(['resubmitted', 'reserved'])
  })

  it('does not include new calls; a call under way continues until its wrap-up is over', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const seen = phases(on.engine)
    await on.engine.drain()
    await expect(on.engine.acd?.submitCall({ from: '5550101', to: '1001' })).rejects.toEqual(
      new AcdRefusal('DRAINING', 'to', 'the server is draining: it takes no new calls'),
    )
    const act = (action: 'ANSWER' | 'DROP') =>
      on.command({ type: 'call.act', user: '1001', dialog: call?.id ?? '', action, targetMediaAddress: '1001' })
    await act('ANSWER')
    expect(on.engine.get.drain()).toMatchObject({ tasks: 0, calls: 1 })
    expect(seen).toEqual(['BEGUN'])
    await act('DROP')
    await on.clock.advance(300_000)
    expect(on.engine.get.drain()).toMatchObject({ tasks: 0, calls: 0 })
    expect(seen).toEqual(['BEGUN', 'DONE'])
    await on.engine.resume()
    expect(await on.engine.acd?.submitCall({ from: '5550101', to: '1001' })).toMatchObject({ state: 'ALERTING' })
  })

  it('waits in a queue that a reload adds, too, because no agent can sign in there', async () => {
    const [email] = SAMPLE.mediaRoutingDomains
    if (!email) throw new Error('no MRD')
    const more: Directory = {
      ...SAMPLE,
      mediaRoutingDomains: [
        ...SAMPLE.mediaRoutingDomains,
        { ...email, id: '5009', name: 'Fax', scriptSelectors: ['fax'] },
      ],
      users: SAMPLE.users.map((user) => ({ ...user, mediaRoutingDomains: [...user.mediaRoutingDomains, '5009'] })),
    }
    const on = await bench()
    await on.engine.drain()
    await on.engine.reload(more)
    const task = await on.engine.acd?.submitTask({ mrd: '5009', scriptSelector: 'fax' })
    expect(await on.command(mediaSignIn('1001', '5009'))).toEqual(DRAINING)
    expect(on.engine.acd?.task(task?.id ?? '')).toMatchObject({ state: 'queued' })
    await on.engine.resume()
    await on.ready('1001', '5009')
    expect(on.engine.acd?.task(task?.id ?? '')).toMatchObject({ state: 'reserved' })
    await on.engine.drain()
    expect(await on.engine.acd?.submitTask({ mrd: '5009', scriptSelector: 'fax' })).toMatchObject({ state: 'queued' })
  })

  it('from an external ACD is refused until the drain is over', async () => {
    const acd = scriptedAcd()
    const engine = await createEngine({ clock: virtualClock(), acd })
    await engine.command(mediaSignIn('1001', CHAT))
    await engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    await engine.drain()
    const offer = () => acd.offer('1001', { id: 'chat-1', mrd: CHAT, scriptSelector: 'chat_sales' })
    await expect(offer()).rejects.toThrow(EngineUnavailable)
    expect(engine.get.drain()).toMatchObject({ draining: true, tasks: 0, signedIn: 1 })
    await engine.resume()
    await offer()
    expect(engine.get.drain()).toMatchObject({ draining: false, tasks: 1 })
    await engine.close()
  })
})

describe('the next start', () => {
  it.each(['a crash', 'an orderly end'])('ends the drain after %s, and offers the waiting tasks', async (end) => {
    const before = await bench()
    await before.ready('1001', CHAT)
    await before.engine.drain()
    await submit(before, CHAT)
    if (end !== 'a crash') await before.engine.close()
    const on = await before.restart()
    expect(on.engine.get.drain()).toEqual({ ...QUIET, tasks: 1, signedIn: 1 })
    expect(on.engine.acd?.tasks()).toMatchObject([{ state: 'reserved', agentId: '1001' }])
    expect(await on.command(mediaSignIn('1002', CHAT))).toEqual(DONE)
  })

  it('finds a journal and snapshots that replay without a difference', async () => {
    const clock = virtualClock()
    const store = memoryStore({ id: 'test', keep: 'history' })
    const engine = await createEngine({ clock, store, sides: ['A', 'B'], directory: SAMPLE })
    await engine.command(mediaSignIn('1001', CHAT))
    await engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    await engine.drain({ via: 'acd-control', by: 'admin' })
    await submit({ engine }, CHAT)
    // Long enough for snapshots of idle aggregates.
    for (let minutes = 0; minutes < 3; minutes += 1) await clock.advance(60_000)
    await submit({ engine }, CHAT)
    const again = await createEngine({ clock, store: store.reopen(), sides: ['A', 'B'], directory: SAMPLE })
    expect(again.acd?.tasks().map(({ state }) => state)).toEqual(['reserved', 'reserved'])
    const { history } = again
    if (!history) throw new Error('no history')
    const report = await replay(history)
    expect(report).toMatchObject({ differing: 0 })
    const rows = (await every(history.all(0))).filter(({ input }) => JSON.stringify(input).includes('draining'))
    const names = ['side/A', 'side/B', ...SAMPLE.mediaRoutingDomains.map(({ id }) => `queue/${id}`)]
    const told = rows.map(({ aggregate, input, origin }) => ({ aggregate, input, origin }))
    const expected = (on: boolean, origin: object) =>
      names.map((aggregate) => ({ aggregate, input: { kind: 'draining', on }, origin }))
    const sorted = (entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).toSorted()
    expect(sorted(told)).toEqual(
      sorted([...expected(true, { via: 'acd-control', by: 'admin' }), ...expected(false, { via: 'engine' })]),
    )
    const kept = await Promise.all(names.map((name) => history.snapshot(name, Number.POSITIVE_INFINITY)))
    expect(JSON.stringify(kept)).toContain('"isDraining":true')
    expect(JSON.stringify(kept)).toContain('"drain":{"since":')
    await again.close()
  })
})

it('a reset ends a drain', async () => {
  const on = await bench({ resettable: true })
  await on.engine.drain()
  await on.engine.reset()
  expect(on.engine.get.drain()).toEqual(QUIET)
  expect(await on.command(mediaSignIn('1001', CHAT))).toEqual(DONE)
})

it('explain says why an agent gets no task, during the drain only', async () => {
  const day = await Day.begin()
  await day.ready(CHAT)
  await day.pass(60)
  await day.engine.drain()
  await submit(day, CHAT)
  await day.pass(60)
  const at = day.now
  await day.pass(1)
  await day.engine.resume()
  await day.pass(1)
  const reason = { rule: '', text: 'it gets no tasks, because the server is draining: they wait until that is over' }
  const told = async (when: number) => {
    const { states, service } = await day.why({ at: when, mrd: CHAT })
    return { reasons: states.flatMap(({ reasons }) => reasons), service }
  }
  const service = { side: 'A', status: 'IN_SERVICE', reason: '' }
  const during = await told(at)
  expect(during.service).toEqual([{ ...service, draining: true }])
  expect(during.reasons).toContainEqual(reason)
  expect(await day.text({ at, mrd: CHAT })).toContain(
    'The server is draining: no new sign-ins and no new offers; tasks wait until that is over.',
  )
  for (const other of [await told(at - 90_000), await told(day.now)]) {
    expect(other.service).toEqual([service])
    expect(other.reasons).not.toContainEqual(reason)
  }
})
