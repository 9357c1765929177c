/**
 * A start with the clock behind the journal: all times in the state move back, and nothing else changes. More of it in `npm run test:whole`.
 */
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/history/index.ts'
import { replay } from '../../src/history/replay.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { every } from '../store/rows.ts'
import { some } from '../suite/extent.ts'
import { bench } from './harness.ts'
import { SCRIPTS, type Script } from './scripts.ts'
import { Stage } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const CHAT = '5002'

/** The text, parsed, with all times `by` ms later. Only times are numbers of this size. */
const later = (text: string, by: number): unknown =>
  JSON.parse(text, (_, value: unknown) => (typeof value === 'number' && value > 1e12 ? value + by : value))

/** Plays a script. Before every second step the process crashes and the clock is set back by `by` ms. */
async function play(script: Script, by: number) {
  const stage = await Stage.open(script.options())
  let back = 0
  const reads: unknown[] = []
  const crash = async (index: number) => {
    // The last row of the journal has the time of the crash.
    await stage.engine.adapters.presence({ user: '1005', side: 'A', session: `${index}`, available: index % 4 === 1 })
    await stage.crash(by)
    back += by
  }
  for (const [index, step] of script.steps.entries()) {
    if (index % 2 === 1) await crash(index)
    await step.run(stage)
    reads.push(later(stage.reads(), back))
  }
  // Once more at the end: what an aggregate would put right itself at its next step has to be right without one.
  await crash(script.steps.length)
  await stage.engine.close()
  const states = new Map(
    [...stage.snapshots.values()].map(({ aggregate, state }) => [aggregate, later(JSON.stringify(state), back)]),
  )
  return { reads, states, failures: stage.failures }
}

describe('a clock that is set back before every second step', () => {
  it.each(some(SCRIPTS, 2).map((script) => [script.name, script] as const))(
    '%s: only times differ',
    async (_, script) => {
      const straight = await play(script, 0)
      const setBack = await play(script, 5 * MINUTE)
      expect(setBack).toEqual(straight)
    },
  )
})

describe('a chat that was offered ten seconds before a crash', () => {
  /** The chat was offered at 08:00:00, and the process crashed ten seconds later. */
  async function died() {
    const store = memoryStore({ id: 'test', keep: 'history' })
    const on = await bench({ store })
    await on.ready('1001', CHAT)
    await on.clock.advance(HOUR)
    const offered = on.clock.now()
    await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await on.clock.advance(10_000)
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    const warnings: { about: object; message: string }[] = []
    const log = {
      warn: (about: object, message: string) => warnings.push({ about, message }),
      error: () => undefined,
    }
    /** Starts again with the clock `by` ms behind. */
    const again = async (by: number) => {
      const clock = virtualClock(on.clock.now() - by)
      const next = store.reopen()
      const engine = await createEngine({ clock, store: next, directory: on.directory, log })
      return { clock, engine, store: next, state: () => engine.get.media('1001', CHAT).status?.state }
    }
    return { on, offered, again, warnings }
  }

  it.each([
    ['an hour', HOUR],
    ['400 days', 400 * DAY],
  ])('is offered for twenty more seconds, with the clock %s behind', async (_, by) => {
    const { offered, again, warnings } = await died()
    const { clock, engine, state } = await again(by)
    expect(engine.get.dialogs('1001', 'nonvoice')).toMatchObject([{ startTime: offered - by }])
    expect(warnings).toEqual([
      { about: { seconds: by / 1000 }, message: expect.stringContaining('behind the last entry of the journal') },
    ])
    await clock.advance(19_999)
    expect(state()).toBe('RESERVED')
    const told: number[] = []
    engine.on('notification', ({ value }) =>
      told.push(value.kind === 'media' ? (value.status?.stateChangeTime ?? 0) : 0),
    )
    await clock.advance(1)
    expect(state()).toBe('READY')
    expect(Math.max(...told)).toBe(clock.now())
    await engine.close()
  })

  it('has a journal that can be replayed and explained before and after the set-back', async () => {
    const { on, offered, again } = await died()
    const { clock, engine, store } = await again(HOUR)
    const started = clock.now()
    await clock.advance(30_000)
    const history = store.history
    if (!history) throw new Error('no history')
    const now = await explain(history, { user: '1001', mrd: CHAT, now: clock.now() })
    expect(now.states.map(({ state, since }) => [state, since])).toEqual([['READY', started + 20_000]])
    const lately = await explain(history, { user: '1001', from: started - 5000, now: clock.now() })
    // The offer of 08:00 comes before the start, although its time is later.
    expect(lately.timeline.episodes.map(({ at, what }) => [at - started, what])).toEqual([
      [offered - started, 'new task for chat_sales, task 5002-1'],
      [0, 'a start with the clock 3600 s behind the journal'],
      [20_000, 'Start Timeout of dialog 1000_1001_5002'],
    ])
    // This time exists only once, before the clock was set back.
    const then = await explain(history, { user: '1001', mrd: CHAT, at: offered + 5000, now: offered + 20_000 })
    expect(then.states.map(({ state }) => state)).toEqual(['READY'])
    expect((await replay(history)).aggregates.flatMap(({ difference }) => difference ?? [])).toEqual([])
    const rows = await every(history.rows('user/1001', 0))
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((__, index) => index + 1))
    const steps = rows.filter((row, index) => row.at < (rows[index - 1]?.at ?? 0))
    expect(steps.map(({ at, input, origin }) => ({ at, input, origin }))).toEqual([
      { at: started, input: { kind: 'clockSetBack', by: HOUR }, origin: { via: 'engine' } },
    ])
    await engine.close()
    expect(on.clock.now()).toBe(started + HOUR)
  })

  it('moves no times if the clock is only a second behind', async () => {
    const { offered, again, warnings } = await died()
    const { engine, store } = await again(1000)
    expect(engine.get.dialogs('1001', 'nonvoice')).toMatchObject([{ startTime: offered }])
    expect(warnings).toEqual([])
    expect(
      (await every(store.history?.all(0) ?? [])).filter(({ input }) => JSON.stringify(input).includes('clockSetBack')),
    ).toEqual([])
    await engine.close()
  })
})
