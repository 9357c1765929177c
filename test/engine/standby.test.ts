/** A standby in one process: its state follows the commits of an engine, and another engine goes on with it. */
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Directory } from '../../src/directory/model.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type { JournalRow } from '../../src/engine/ports.ts'
import { RecoveryError } from '../../src/engine/recovery/recovery-error.ts'
import { HotStandby } from '../../src/engine/standby/standby.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { finished } from '../../src/waiting/steps.ts'
import { every } from '../store/rows.ts'
import { bench, startTask } from './harness.ts'
import { answering, LateStore } from './late-store.ts'
import { Shadow, shadowed } from './shadow.ts'
import { setTraps } from './traps.ts'

const CHAT = '5002'
const HOUR = 3_600_000

const traps = setTraps()
afterAll(() => traps.remove())

async function followed() {
  const store = memoryStore({ id: 'test', keep: 'history' })
  const shadow = new Shadow(store)
  const on = await bench({ store: shadowed(store, shadow) })
  return { on, store, shadow }
}

describe('a state that follows', () => {
  it('is that of a start after failed inputs', async () => {
    const { on, store, shadow } = await followed()
    await on.ready('1001', CHAT)
    const dialog = await startTask(on, '1001', CHAT, 'chat_sales')
    traps.arm('media action makeNotRoutable')
    await on.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false })
    traps.disarm()
    await on.act(dialog, 'WRAP_UP')
    await on.act(dialog, 'CLOSE')
    const rows = await every(store.history?.all(0) ?? [])
    expect(rows.some(({ outcome }) => outcome === 'failed')).toBe(true)
    expect(await shadow.differences()).toEqual([])
  })

  it('is that of a start after the clock was set back', async () => {
    const { on, store, shadow } = await followed()
    await on.ready('1001', CHAT)
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const clock = virtualClock(on.clock.now() - HOUR)
    const next = shadowed(store.reopen(), shadow)
    const engine = await createEngine({ clock, store: next, directory: on.directory })
    onTestFinished(() => engine.close())
    await clock.advance(30_000)
    const rows = await every(next.history?.all(0) ?? [])
    expect(rows.map(({ input }) => JSON.stringify(input))).toContain(`{"kind":"clockSetBack","by":${HOUR}}`)
    expect(await shadow.differences()).toEqual([])
  })

  it('keeps what has ended until the commit is over, and has it no more then', async () => {
    const { on, store, shadow } = await followed()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const { id = '' } = (await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })) ?? {}
    const act = { type: 'call.act', user: '1001', dialog: id, targetMediaAddress: '1001' } as const
    await on.command({ ...act, action: 'ANSWER' })
    const before = shadow.state.position
    expect(shadow.state.ahead.get(`call/${id}`)).toBeDefined()
    const standby = new HotStandby()
    await standby.begin('test', { ...(await store.load()) })
    await on.command({ ...act, action: 'DROP' })
    const rows = await every(store.history?.all(before) ?? [])
    const end = rows.findLastIndex(({ aggregate }) => aggregate === `call/${id}`)
    const last = store.history?.lastPosition ?? 0
    expect(await standby.next(rows.slice(0, end + 1), last + 1)).toBe(true)
    const state = () => standby.take()?.state.ahead
    expect(state()?.get(`call/${id}`)?.behaviour.finished).toBe(true)
    expect(shadow.state.ahead.get(`call/${id}`)).toBeUndefined()
    expect(await shadow.differences()).toEqual([])
  })

  it('keeps few rows in memory, and none of before when stored rows were rewritten', async () => {
    const store = memoryStore({ keep: 'history' })
    // It reads only at `catchUp`.
    const shadow = new Shadow(store, () => 3)
    const on = await bench({ store: shadowed(store, shadow) })
    await on.ready('1001', CHAT)
    const variables = [{ name: 'callVariable1', value: 'of the customer' }]
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', variables })
    await on.clock.advance(31_000)
    await on.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    for (let turn = 0; turn < 100; turn += 1) await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    shadow.catchUp()
    const rows = () => [...shadow.state.ahead.values()].map(({ tail }) => tail.rows.length)
    const [most, all] = [Math.max(...rows()), rows().reduce((sum, count) => sum + count, 0)]
    expect({ isShort: most < 64, isSome: all > 0 }).toEqual({ isShort: true, isSome: true })
    finished(shadow.state.beginAnew())
    expect(new Set(rows())).toEqual(new Set([0]))
    shadow.catchUp()
    expect(await shadow.differences()).toEqual([])
  })
})

/** A standby that has loaded a store with an agent, and the rows since then. */
async function begun() {
  const store = memoryStore({ id: 'test', keep: 'history' })
  const on = await bench({ store })
  const warnings: { about: object; message: string }[] = []
  const log = { warn: (about: object, message: string) => warnings.push({ about, message }), error: () => undefined }
  const standby = new HotStandby({ log })
  const stored = await store.load()
  await standby.begin('test', stored)
  await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  const rows = await every(store.history?.all(stored.lastPosition) ?? [])
  const [first] = rows
  if (!first) throw new Error('no row')
  return { standby, store, rows, first, last: stored.lastPosition + rows.length, warnings }
}

describe('a standby', () => {
  it('counts the rows that it lacks, and the loads', async () => {
    const { standby, store, rows, last } = await begun()
    expect(standby.figures).toEqual({ behind: 0, rows: 0, loads: 1 })
    expect(await standby.next(rows.slice(0, 1), last + 5)).toBe(true)
    expect(standby.figures).toEqual({ behind: rows.length + 4, rows: 1, loads: 1 })
    await standby.begin('test', await store.load())
    expect(standby.figures).toEqual({ behind: 0, rows: 1, loads: 2 })
  })

  it.each<[string, (first: JournalRow, last: number) => readonly [readonly JournalRow[], number]]>([
    ['a gap', (first, last) => [[{ ...first, position: first.position + 1 }], last]],
    ['rows that are gone', (_, last) => [[], last]],
    ['a store that has less than before', () => [[], 0]],
    ['a row that cannot be applied', (first, last) => [[{ ...first, input: { kind: 'unknown' } }], last]],
    ['a row of the middle of an aggregate', (first, last) => [[{ ...first, sequence: first.sequence + 1 }], last]],
  ])('cannot go on after %s, says so, and goes on after the next load', async (_, given) => {
    const { standby, store, rows, first, last, warnings } = await begun()
    expect(await standby.next(...given(first, last))).toBe(false)
    expect(warnings).toEqual([
      {
        about: { err: expect.any(String) },
        message: 'the standby cannot follow the journal any more: it loads the store again',
      },
    ])
    expect(standby.figures.behind).toBeUndefined()
    expect(await standby.next(rows, last)).toBe(false)
    await standby.begin('test', await store.load())
    expect(await standby.next([], last)).toBe(true)
  })

  it('applies rows of older machines, and refuses those of newer ones with a sentence', async () => {
    const { standby, store, rows, first, last } = await begun()
    const older = rows.map((row) => ({ ...row, machineVersion: 6 }))
    expect(await standby.next(older, last)).toBe(true)
    await standby.begin('test', { ...(await store.load()) })
    const newer = { ...first, position: last + 1, machineVersion: 99 }
    const refused = await standby.next([newer], last + 1).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RecoveryError)
    expect(refused).toMatchObject({
      message: expect.stringMatching(
        /^the standby cannot follow the other server: .* was written by machine version 99; this program has version \d+ and no migration from that one$/,
      ),
    })
  })
})

/** An engine with an agent who was offered a chat, its store, and a standby that has followed so far. */
async function owner() {
  const store = answering(new LateStore())
  const clock = virtualClock()
  const directory = (await bench()).directory
  const starting = createEngine({ store, clock, directory, serves: ['A'] })
  await clock.settle()
  const engine = await starting
  const beginsWith = () => ({ directory, arrangement: { role: 'authority', acd: 'built-in', sides: ['A'] } as const })
  const standby = new HotStandby({ beginsWith })
  await standby.begin(store.id, await store.load())
  const media = { user: '1001', mrd: CHAT } as const
  const answers = [
    engine.command({ type: 'media.signIn', ...media, maxDialogLimit: 1, interruptAction: 'ACCEPT' }),
    engine.command({ type: 'media.setState', ...media, state: 'READY' }),
    engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }),
  ]
  await clock.settle()
  await Promise.all(answers)
  const after = async (from: number) =>
    standby.next(await every(store.history?.all(from) ?? []), store.history?.lastPosition ?? 0)
  return { store, clock, directory, engine, standby, after }
}

/** The next process. */
async function taken(from: Awaited<ReturnType<typeof owner>>, options: Partial<EngineOptions>) {
  const store = answering(from.store.reopen())
  const load = vi.spyOn(store, 'load')
  const clock = virtualClock(from.clock.now())
  const starting = createEngine({ store, clock, directory: from.directory, serves: ['A'], ...options })
  await clock.settle()
  const engine = await starting
  onTestFinished(async () => {
    const closed = engine.close()
    await clock.advance(60_000)
    await closed
  })
  const sent: string[] = []
  engine.adapters.attach('A', { publish: async ({ itemId }) => void sent.push(itemId) })
  await clock.settle()
  const shown = () => [engine.get.media('1001', CHAT), engine.acd?.tasks()]
  return { engine, clock, loads: load.mock.calls.length, sent, shown }
}

describe('an engine that goes on with a standby', () => {
  it('has loaded nothing, has the states that were confirmed, sends what was not sent, and fires deadlines', async () => {
    const from = await owner()
    const { standby, store } = from
    const waiting = (await store.load()).outbox.map(({ number }) => `test-${number}`)
    const rows = store.history?.lastPosition ?? 0
    const before = standby.figures
    const hot = await taken(from, { standby })
    expect({ loads: hot.loads, isTakenOver: standby.isTakenOver }).toEqual({ loads: 0, isTakenOver: true })
    expect(standby.figures.rows - before.rows).toBeGreaterThan(0)
    expect(hot.sent.slice(0, waiting.length)).toEqual(waiting)
    expect(waiting.length).toBeGreaterThan(2)
    expect(hot.engine.history?.lastPosition).toBeGreaterThanOrEqual(rows)
    expect(hot.shown()).toMatchObject([{ status: { state: 'RESERVED' } }, [{ state: 'reserved' }]])
    await hot.clock.advance(30_000)
    expect(hot.shown()).toMatchObject([
      { status: { state: 'READY', routable: false } },
      [{ state: 'resubmitted' }, { state: 'queued' }],
    ])
  })

  it('shows and writes the same as one that has loaded the store', async () => {
    const [from, other] = [await owner(), await owner()]
    const [hot, cold] = [await taken(from, { standby: from.standby }), await taken(other, {})]
    await hot.clock.advance(200_000)
    await cold.clock.advance(200_000)
    expect([hot.loads, cold.loads]).toEqual([0, 1])
    expect(hot.shown()).toEqual(cold.shown())
    expect(hot.sent).toEqual(cold.sent)
    const [mine, theirs] = [hot, cold].map(({ engine }) => every(engine.history?.all(0) ?? []))
    expect(await mine).toEqual(await theirs)
  })

  describe('has the users of its directory, although the standby has compared them before', () => {
    const renamed = ({ users, ...others }: Directory, firstName: string): Directory => {
      return { ...others, users: users.map((user) => (user.id === '1001' ? { ...user, firstName } : user)) }
    }
    const configured = async ({ engine }: Pick<Awaited<ReturnType<typeof taken>>, 'engine'>, after: number) =>
      (await every(engine.history?.all(after) ?? []))
        .filter(({ input }) => JSON.stringify(input).includes('configuredUser'))
        .map(({ aggregate }) => aggregate)

    it('that of the comparison: nobody changes', async () => {
      const from = await owner()
      const last = from.store.history?.lastPosition ?? 0
      const hot = await taken(from, { standby: from.standby })
      expect(await configured(hot, last)).toEqual([])
    })

    it('another one: those change who differ', async () => {
      const from = await owner()
      const last = from.store.history?.lastPosition ?? 0
      const hot = await taken(from, { standby: from.standby, directory: renamed(from.directory, 'Ada') })
      expect(await configured(hot, last)).toEqual(['user/1001'])
      expect(hot.engine.get.user('1001')).toMatchObject({ firstName: 'Ada' })
    })

    it('that of the comparison, after the other process had another one: those change back who differ', async () => {
      const from = await owner()
      const reloading = from.engine.reload(renamed(from.directory, 'Ada'))
      await from.clock.settle()
      await reloading
      const last = from.store.history?.lastPosition ?? 0
      const hot = await taken(from, { standby: from.standby })
      expect(await configured(hot, last)).toEqual(['user/1001'])
      expect(hot.engine.get.user('1001')?.firstName).not.toBe('Ada')
    })
  })

  it('loads the store when the standby has followed another one, or lacks rows that are gone', async () => {
    const from = await owner()
    const other = new HotStandby()
    await other.begin('another', await from.store.load())
    expect(await taken(from, { standby: other })).toMatchObject({ loads: 1 })
    expect(other.isTakenOver).toBe(false)

    const late = await owner()
    const stale = new HotStandby()
    await stale.begin('test', { snapshots: [], tail: [], lastPosition: 7, lastOutboxNumber: 0 })
    const warnings: string[] = []
    const log = { warn: (_: object, message: string) => void warnings.push(message), error: () => undefined }
    const cold = await taken(late, { standby: stale, log })
    expect(cold).toMatchObject({ loads: 1 })
    expect(warnings).toEqual(['the standby cannot apply the last rows: the engine loads the store'])
    expect(cold.shown()).toMatchObject([{ status: { state: 'RESERVED' } }, [{ state: 'reserved' }]])
  })

  it('takes no rules, which the standby has', async () => {
    const rules = { name: 'own', guards: {} }
    const starting = createEngine({ standby: new HotStandby(), rules })
    await expect(starting).rejects.toThrow('the standby has the rules: give them to it, and not to the engine')
  })
})
