/**
 * Persist, restore, persist. Tests for four known hazards of stored actors, and every script of `scripts.ts` with each
 * aggregate restored twice before each of its steps. More in `npm run test:whole`.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Aggregate } from '../../src/engine/aggregate/aggregate.ts'
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import type { JournalRow, SnapshotRow, StoredState } from '../../src/engine/ports.ts'
import { recover } from '../../src/engine/recovery/recovery.ts'
import { some } from '../suite/extent.ts'
import { bench, startTask } from './harness.ts'
import { SCRIPTS, type Script } from './scripts.ts'
import { Stage } from './stage.ts'

const EMAIL = '5001'
const CHAT = '5002'
const SOCIAL = '5003'

afterEach(() => {
  vi.restoreAllMocks()
})

const throughText = <T extends SnapshotRow>(row: T): T => JSON.parse(JSON.stringify(row))

/** Restores what a store has loaded, and persists it again. */
function hop(stored: StoredState): StoredState {
  const aggregates = new Aggregates()
  recover(aggregates, stored)
  const snapshots = [...aggregates.values()].map((each) => throughText(each.snapshot()))
  return { ...stored, snapshots, tail: [] }
}

/** Persists and restores every aggregate twice before each of its steps. Returns the differences that this made. */
function hopBeforeEveryStep(): { readonly hops: () => number; readonly differences: readonly string[] } {
  const differences: string[] = []
  let hops = 0
  const original = Aggregate.prototype.step
  vi.spyOn(Aggregate.prototype, 'step').mockImplementation(function (
    this: Aggregate,
    ...given: Parameters<typeof original>
  ) {
    for (let times = 0; times < 2; times += 1) {
      const before = this.snapshot()
      this.tail.rebase(throughText(before))
      this.undo(1)
      hops += 1
      if (JSON.stringify(this.snapshot()) !== JSON.stringify(before)) differences.push(`${this.id} ${this.sequence}`)
    }
    return original.apply(this, given)
  })
  return { hops: () => hops, differences }
}

interface Played {
  readonly news: readonly string[]
  readonly rows: readonly Pick<JournalRow, 'aggregate' | 'sequence' | 'at' | 'outcome' | 'input'>[]
  readonly end: string
}

async function play(script: Script): Promise<Played> {
  const stage = await Stage.open(script.options())
  const news: string[] = []
  stage.engine.on('notification', ({ itemId: _, ...event }) => news.push(JSON.stringify(event)))
  for (const step of script.steps) await step.run(stage)
  const rows = stage.rows.map(({ aggregate, sequence, at, outcome, input }) => ({
    aggregate,
    sequence,
    at,
    outcome,
    input,
  }))
  return { news, rows, end: stage.reads() }
}

describe('lost `after`', () => {
  it('an armed deadline keeps its absolute time over two restarts', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const task = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const due = on.clock.now() + 30_000
    await on.clock.advance(10_000)
    await on.engine.close()
    const again = await on.restart()
    await again.clock.advance(10_000)
    await again.engine.close()
    const third = await again.restart()
    await third.clock.advance(due - third.clock.now() - 1)
    expect(third.engine.get.dialog(task?.dialogId ?? '')).toMatchObject({ state: 'OFFERED' })
    await third.clock.advance(1)
    expect(third.engine.get.dialog(task?.dialogId ?? '')).toBeUndefined()
  })

  it('no chart has a delayed transition, so there is no other timer to lose', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    await startTask(on, '1001', CHAT, 'chat_sales')
    await on.engine.close()
    const stored = JSON.stringify(await on.store.reopen().load())
    expect(stored).not.toContain('xstate.after')
    expect(stored).not.toContain('scheduledEvents')
  })
})

describe('lost fired-but-undelivered timer', () => {
  it('deadlines that fell due while no process ran are applied at the next start, in order, each with its own time', async () => {
    const stage = await Stage.open()
    // The later deadline is armed first.
    const offered = [
      { mrd: SOCIAL, scriptSelector: 'social_support', user: '1002' },
      { mrd: EMAIL, scriptSelector: 'email_support', user: '1001' },
      { mrd: CHAT, scriptSelector: 'chat_sales', user: '1001' },
    ]
    for (const { mrd, user } of offered) {
      const limit = { maxDialogLimit: 1, interruptAction: 'IGNORE' } as const
      await stage.engine.command({ type: 'media.signIn', user, mrd, ...limit })
      await stage.engine.command({ type: 'media.setState', user, mrd, state: 'READY' })
    }
    const began = stage.clock.now()
    for (const { mrd, scriptSelector, user } of offered)
      await stage.engine.acd?.submitTask({ mrd, scriptSelector, agentId: user })
    await stage.engine.close()
    await stage.clock.advance(300_000)
    await stage.crash()
    await stage.clock.advance(0)
    const fired = stage.rows.flatMap(({ aggregate, at, input }) =>
      JSON.stringify(input).includes('"name":"START_TIMEOUT"') ? [{ aggregate, at: at - began }] : [],
    )
    expect(fired).toEqual([
      { aggregate: 'user/1001', at: 30_000 },
      { aggregate: 'user/1002', at: 60_000 },
      { aggregate: 'user/1001', at: 120_000 },
    ])
    expect(stage.engine.get.dialogs('1001', 'all')).toEqual([])
  })

  it('a deadline that was not committed before a crash is applied after it, once', async () => {
    const on = await bench()
    await on.ready('1001', CHAT)
    const task = await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const { store } = on
    const commit = store.commit.bind(store)
    store.commit = (batch) => {
      if (JSON.stringify(batch.journal).includes('START_TIMEOUT')) throw new Error('the process ends here')
      commit(batch)
    }
    await on.clock.advance(30_000)
    expect(on.engine.get.dialog(task?.dialogId ?? '')).toMatchObject({ state: 'OFFERED' })
    const again = await on.restart()
    await again.clock.advance(0)
    expect(again.engine.get.dialog(task?.dialogId ?? '')).toBeUndefined()
    expect(again.news().filter((text) => text.includes('CD_RING_NO_ANSWER'))).toHaveLength(1)
    const third = await again.restart()
    await third.clock.advance(0)
    expect(third.news()).toEqual([])
  })
})

describe('lost self-raise over two restore hops', () => {
  it.each(some(SCRIPTS, 2, 1))('$name: an aggregate restored twice before every step does the same', async (script) => {
    const expected = await play(script)
    const { hops, differences } = hopBeforeEveryStep()
    const found = await play(script)
    vi.restoreAllMocks()
    expect(hops()).toBeGreaterThan(script.steps.length)
    expect(differences).toEqual([])
    expect(found.rows).toEqual(expected.rows)
    expect(found.news).toEqual(expected.news)
    expect(found.end).toBe(expected.end)
  })

  it('an event that a machine raises, or sends to itself, is consumed in the same step', async () => {
    const on = await bench()
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const email = await startTask(on, '1001', EMAIL, 'email_support')
    const chat = await startTask(on, '1001', CHAT, 'chat_sales')
    const twice = await (await on.restart()).restart()
    // WORK_LEFT, INTERRUPT_DONE and the event of the medium to itself are all part of this input.
    await twice.act(chat, 'CLOSE')
    expect(twice.engine.get.dialog(email)).toMatchObject({ state: 'ACTIVE' })
    expect(twice.engine.get.media('1001', EMAIL).status?.state).toBe('ACTIVE')
    const again = await (await twice.restart()).restart()
    again.news()
    await again.clock.advance(1000)
    expect(again.news()).toEqual([])
    expect(again.engine.get.media('1001', EMAIL).status?.state).toBe('ACTIVE')
  })
})

describe('re-persist byte-identical over two hops', () => {
  it('a busy engine: dialogs in every state, calls, faults, a transfer, presence', async () => {
    const on = await bench()
    for (const user of ['1001', '1002', '1003']) {
      await on.command({ type: 'user.signIn', user, extension: user })
      for (const mrd of [EMAIL, CHAT]) await on.ready(user, mrd)
      await on.engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/a`, available: true })
    }
    await on.engine.adapters.presence({ user: '1003', side: 'A', session: '1003@localhost/a', available: false })
    await on.command({
      type: 'user.signIn',
      user: '1006',
      extension: '1006',
      mobileAgent: { mode: 'NAILED_CONNECTION', dialNumber: '5550123' },
    })
    const dialogs: string[] = []
    for (let n = 0; n < 5; n += 1) dialogs.push(await startTask(on, '1001', EMAIL, 'email_support'))
    const [paused = '', wrapping = '', transferred = ''] = dialogs
    await on.act(paused, 'PAUSE')
    await on.act(wrapping, 'WRAP_UP')
    await on.engine.fault({ type: 'resubmission', side: 'A', mode: 'late', up: false })
    await on.act(transferred, 'TRANSFER', 'chat_support')
    await startTask(on, '1001', CHAT, 'chat_sales')
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1002' })
    const id = call?.id ?? ''
    await on.command({ type: 'call.act', user: '1002', dialog: id, action: 'ANSWER', targetMediaAddress: '1002' })
    await on.engine.acd?.submitCall({ from: '5550101', to: '1003' })
    await on.engine.acd?.submitTask({
      mrd: SOCIAL,
      scriptSelector: 'social_support',
      variables: [{ name: 'ä', value: '"' }],
    })
    await on.engine.fault({ type: 'app-path', side: 'A', up: false })

    const journaled = hop(await on.store.load())
    expect(journaled.snapshots.length).toBeGreaterThan(10)
    const text = (state: StoredState) => state.snapshots.map((row) => JSON.stringify(row)).sort()
    const first = hop(journaled)
    expect(text(first)).toEqual(text(journaled))
    expect(text(hop(first))).toEqual(text(journaled))

    // The snapshots that the engine writes when it closes are the same as those from the journal.
    await on.engine.close()
    expect(text(hop(await on.store.reopen().load()))).toEqual(text(journaled))
  })
})
