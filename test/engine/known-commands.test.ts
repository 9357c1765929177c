/** What the engine knows of commands with a key: until when, how many, and what is stored of them. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import { KnownCommands, REMEMBERED_MAX } from '../../src/engine/answers/known-commands.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { History, JournalRow, Origin } from '../../src/engine/ports.ts'
import { recentRows } from '../../src/engine/recovery/recent.ts'
import { fingerprints } from '../../src/fingerprints/index.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/index.ts'
import { bench } from './harness.ts'
import { answering, LateStore, silent } from './late-store.ts'

const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const READY = { type: 'user.setState', user: '1001', state: 'READY' } as const
const NOT_READY = { type: 'user.setState', user: '1001', state: 'NOT_READY' } as const
const MINUTES = 60_000

const by = (key: string, caller = 'desk'): Origin => ({ via: 'api', by: caller, key })
const withHistory = (id = 'test') => memoryStore({ id, keep: 'history' })

describe('a program gives a key with a command', () => {
  it('the same one is answered; another one with the same key is rejected, and changes nothing', async () => {
    const { engine, news } = await bench()
    for (const _ of [1, 2]) expect(await engine.command(SIGN_IN, by('k'))).toEqual(DONE)
    expect(news()).toEqual(['user 1001 NOT_READY'])
    expect(await engine.command(READY, by('k'))).toEqual(rejected('KEY_REUSED', 'key'))
    expect(news()).toEqual([])
    expect(await engine.command(READY, by('k', 'other desk'))).toEqual(DONE)
    expect(await engine.command(NOT_READY, by('other'))).toEqual(DONE)
    expect(news()).toEqual(['user 1001 READY', 'user 1001 NOT_READY'])
    expect(engine.figures.repeatedCommands).toBe(1)
  })

  it('the fields of a command may come in another order', async () => {
    const { engine, news } = await bench()
    await engine.command(SIGN_IN, by('k'))
    const { type, user, extension } = SIGN_IN
    expect(await engine.command({ extension, user, type }, by('k'))).toEqual(DONE)
    expect(news()).toEqual(['user 1001 NOT_READY'])
  })

  it.each(['', 'k'.repeat(257)])('a key of the wrong length is rejected', async (key) => {
    const { engine } = await bench()
    expect(await engine.command(SIGN_IN, by(key))).toEqual(rejected('INVALID_COMMAND', 'origin'))
  })

  it('after two minutes, and after a reset, it is done again', async () => {
    const { engine, clock, news } = await bench({ resettable: true })
    await engine.command(SIGN_IN, by('k'))
    await clock.advance(2 * MINUTES)
    await engine.command(SIGN_IN, by('k'))
    expect(news()).toHaveLength(2)
    await engine.reset()
    await engine.command(SIGN_IN, by('k'))
    expect(news()).toHaveLength(1)
  })

  it('listeners see the command each time, and nothing of what the engine notes', async () => {
    const { engine } = await bench()
    const heard: unknown[] = []
    engine.on('command', ({ origin, answer }) => heard.push({ origin, answer }))
    for (const _ of [1, 2]) await engine.command(SIGN_IN, by('k'))
    expect(heard).toEqual([1, 2].map(() => ({ origin: by('k'), answer: DONE })))
  })

  it('a transfer that is under way: both answers have the outcome', async () => {
    const on = await bench()
    const { engine, clock } = on
    await on.ready('1001', '5001')
    const task = await engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support' })
    const dialog = task?.dialogId ?? ''
    await on.act(dialog, 'ACCEPT')
    await engine.fault({ type: 'resubmission', side: 'A', mode: 'timeout', up: false })
    const transfer: Command = { type: 'dialog.act', user: '1001', dialog, action: 'TRANSFER', target: 'chat_sales' }
    const [first, second] = [await engine.command(transfer, by('k')), await engine.command(transfer, by('k'))]
    expect([first.outcome, second.outcome]).toEqual(['UNDER_WAY', 'UNDER_WAY'])
    const outcomes = Promise.all([first, second].map((each) => each.outcome === 'UNDER_WAY' && each.result))
    await clock.advance(MINUTES)
    const [one, other] = await outcomes
    expect(one).toMatchObject({ outcome: 'REFUSED', code: 'TRANSFER_TIMED_OUT' })
    expect(other).toEqual(one)
  })
})

describe('with a store that answers later', () => {
  async function started(store = new LateStore()) {
    const clock = virtualClock()
    answering(store)
    const engine = await createEngine({ store, clock })
    onTestFinished(async () => {
      answering(store)
      await store.keep().catch(() => undefined)
      const closed = engine.close()
      await clock.advance(MINUTES)
      await closed
    })
    // The salt is there before the store stops answering.
    await engine.command({ ...SIGN_IN, user: '1002', extension: '1002' }, by(`before ${store.kept.length}`))
    await clock.settle()
    silent(store)
    return { engine, clock, store }
  }

  it('the second one waits for the outcome of the first', async () => {
    const { engine, clock, store } = await started()
    const answers = [engine.command(SIGN_IN, by('k')), engine.command(SIGN_IN, by('k'))]
    await clock.settle()
    expect(store.owed).toHaveLength(1)
    await store.keep()
    expect(await Promise.all(answers)).toEqual([DONE, DONE])
    expect(store.owed.flatMap(({ journal }) => journal)).toEqual([])
  })

  it('the second one waits for the first, also while the store has not kept the first record of all', async () => {
    const store = withHistory()
    const put = store.records.put.bind(store.records)
    const kept = Promise.withResolvers<void>()
    vi.spyOn(store.records, 'put').mockImplementation(async (...record) => {
      await kept.promise
      await put(...record)
    })
    const { engine, news } = await bench({ store })
    const answers = [1, 2].map(() => engine.command(SIGN_IN, by('k')))
    kept.resolve()
    expect(await Promise.all(answers)).toEqual([DONE, DONE])
    expect(news()).toEqual(['user 1001 NOT_READY'])
    expect(engine.figures.repeatedCommands).toBe(1)
  })

  it('a commit that was refused is not known: the second one is done', async () => {
    const { engine, clock, store } = await started()
    const [first, second] = [engine.command(SIGN_IN, by('k')), engine.command(SIGN_IN, by('k'))]
    const failed = first.catch((error: Error) => error.name)
    const refused = second.catch((error: Error) => error.name)
    await clock.settle()
    await store.refuse()
    expect(await failed).toBe('EngineUnavailable')
    // The store is tried again after a pause; until then all are refused.
    expect(await refused).toBe('EngineUnavailable')
    answering(store)
    await clock.advance(MINUTES)
    expect(await engine.command(SIGN_IN, by('k'))).toEqual(DONE)
    expect(engine.figures.repeatedCommands).toBe(0)
  })

  it('a commit that was kept although its answer did not come is known after the crash', async () => {
    const { engine, clock, store } = await started()
    void engine.command(SIGN_IN, by('k')).catch(() => undefined)
    await clock.settle()
    await store.keep(1, [])
    const next = await started(store.reopen())
    const answer = await next.engine.command(SIGN_IN, by('k'))
    expect(answer).toEqual(DONE)
    expect(next.store.owed).toEqual([])
    expect(next.engine.figures.repeatedCommands).toBe(1)
  })
})

describe('what is stored', () => {
  const rowsOf = async (store: ReturnType<typeof withHistory>) => {
    const rows: JournalRow[] = []
    for await (const row of store.history?.all(0) ?? []) rows.push(row)
    return rows.flatMap(({ origin }) => origin?.once ?? [])
  }

  it('hashes of request and state, the answer, and the key; nothing of a command that was rejected', async () => {
    const store = withHistory()
    const { engine } = await bench({ store })
    await engine.command(READY, by('refused'))
    const asked = { origin: by('loose'), key: 'loose', content: 'PUT secret', isUnique: 'probably' } as const
    await engine.adapters.once(asked, { first: (origin) => engine.command(SIGN_IN, origin), again: () => DONE })
    await engine.command({ ...NOT_READY, reasonCodeId: 'no such code' }, by('rejected'))
    const hash = expect.stringMatching(/^[\w-]{22}$/)
    const salt = expect.stringMatching(/^\d+$/)
    const refused = { code: 'INVALID_USER_STATE', about: '', state: 'LOGOUT', allowed: ['LOGIN'] }
    expect(await rowsOf(store)).toEqual([
      { key: 'refused', salt, request: hash, answer: { refused } },
      { key: 'loose', salt, request: hash, left: hash, answer: {} },
    ])
  })

  it('the salts are deleted after four minutes, also by the next process', async () => {
    const store = withHistory()
    const on = await bench({ store })
    await on.engine.command(SIGN_IN, by('k'))
    expect(store.records.list('repeat-salts')).toHaveLength(1)
    await on.clock.advance(2 * MINUTES)
    await on.engine.command(SIGN_IN, by('k'))
    expect(store.records.list('repeat-salts')).toHaveLength(2)
    await on.clock.advance(2 * MINUTES)
    expect(store.records.list('repeat-salts')).toHaveLength(1)
    const kept = store.reopen()
    const clock = virtualClock(on.clock.now() + 4 * MINUTES)
    const engine = await createEngine({ store: kept, clock })
    await clock.settle()
    expect(kept.records.list('repeat-salts')).toEqual([])
    await engine.close()
  })
})

it(`at most ${REMEMBERED_MAX} commands are known; the oldest are forgotten first`, async () => {
  const clock = virtualClock()
  const store = withHistory()
  const { records } = store
  const parts = { aggregates: new Aggregates(), records, clock, fingerprints, answered: () => undefined }
  const known = new KnownCommands(parts)
  const salt = { id: String(clock.now()), text: fingerprints.salt() }
  records.put('repeat-salts', salt.id, salt.text)
  const request = fingerprints.of(salt.text, 'x')
  const row = (number: number): JournalRow => ({
    ...{ position: number, aggregate: 'user/1001', sequence: number, at: clock.now(), machineVersion: 1 },
    ...{ outcome: 'applied', error: null, input: null, cause: null, made: null, outbox: null },
    origin: { via: 'api', once: { key: `k${number}`, salt: salt.id, request, answer: {} } },
  })
  known.look(Array.from({ length: REMEMBERED_MAX + 1 }, (_, index) => row(index + 1)))
  const ask = (number: number) =>
    known.once<string>(
      { origin: { via: 'api' }, key: `k${number}`, content: 'x', isUnique: 'surely' },
      { first: () => 'done', again: () => 'known' },
    )
  expect(await Promise.all([1, 2, REMEMBERED_MAX + 1].map(ask))).toEqual(['done', 'known', 'known'])
  known.stop()
})

describe('the rows that a start reads', () => {
  const now = 1_000_000
  const row = (position: number, at: number): JournalRow => ({
    ...{ position, at, aggregate: 'user/1001', sequence: position, machineVersion: 1, origin: null },
    ...{ outcome: 'applied', error: null, input: null, cause: null, made: null, outbox: null },
  })
  /** Rows 1 to 1000, of which the first hundred were deleted. The second half is of the last 500 s. */
  const rows = Array.from({ length: 1000 }, (_, index) => row(index + 1, now - (1000 - index) * 1000)).slice(100)
  const history = (): History => ({
    ...{ storeId: 'test', lastPosition: 1000, lastOutboxNumber: 0, aggregates: async () => [] },
    ...{ aggregate: async () => undefined, snapshot: async () => undefined, madeBy: async () => undefined },
    ...{ causedBy: async () => [], outbox: async () => [] },
    snapshots: async function* () {},
    rows: async function* () {},
    row: async (position) => rows.find((each) => each.position === position),
    all: async function* (position) {
      yield* rows.filter((each) => each.position > position)
    },
  })
  const positions = async (from: number, most: number, stored = history()) => {
    const found = await recentRows(stored, { tail: [], lastPosition: 1000 }, { from, most })
    return [found[0]?.position, found.at(-1)?.position, found.length]
  }

  it('are those since the time, and at most so many', async () => {
    expect(await positions(now - 120_000, 50_000)).toEqual([881, 1000, 120])
    expect(await positions(now - 120_000, 10)).toEqual([991, 1000, 10])
    expect(await positions(0, 50_000)).toEqual([101, 1000, 900])
    expect(await positions(now + 1, 50_000)).toEqual([undefined, undefined, 0])
  })

  it('without history are those that no snapshot covers', async () => {
    const tail = rows.slice(-3)
    expect(await recentRows(undefined, { tail, lastPosition: 1000 }, { from: now - 2000, most: 10 })).toEqual(
      tail.slice(1),
    )
  })

  it('are none if no command had a key lately', async () => {
    const store = withHistory()
    await (await bench({ store })).engine.command(SIGN_IN)
    const kept = store.reopen()
    const all = vi.spyOn(kept.history ?? history(), 'all')
    const engine = await createEngine({ store: kept, clock: virtualClock() })
    expect(all).not.toHaveBeenCalled()
    await engine.close()
  })
})
