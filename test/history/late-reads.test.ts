/**
 * Readings of a store that answers later, while an engine commits between any two answers: they give, byte for byte, what
 * they give at once. Compaction that deletes what is being read is noticed.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/api.ts'
import type { History } from '../../src/engine/ports.ts'
import { ending } from '../../src/history/ending.ts'
import { ExplainError, explain, explainQueue } from '../../src/history/index.ts'
import { intervalReport } from '../../src/history/intervals/index.ts'
import { replay } from '../../src/history/replay.ts'
import { PastForgotten, retrace } from '../../src/history/retrace.ts'
import { recollect } from '../../src/inspect/index.ts'
import { statesAt } from '../../src/inspect/states.ts'
import { record } from '../../src/simulate/record/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { lateHistory } from '../engine/late-reads.ts'
import { every } from '../store/rows.ts'
import { CHAT, Day, EMAIL } from './explain/stage.ts'

/** A day with interrupts, a call, and a resubmission, after which 1001 works on the e-mail again. */
async function worked(historySpacing?: number): Promise<{ readonly day: Day; readonly history: History }> {
  const store = memoryStore({
    id: 'store',
    keep: 'history',
    ...(historySpacing === undefined ? {} : { historySpacing }),
  })
  const day = await Day.begin({ store })
  await day.presence(true)
  for (const user of ['1001', '1002']) await day.signIn(user, 'READY')
  await day.ready(EMAIL)
  await day.ready(CHAT)
  await day.start(EMAIL)
  const chat = await day.start(CHAT)
  await day.pass(70)
  await day.act(chat, 'CLOSE')
  const call = await day.ring()
  await day.callAct(call, 'ANSWER')
  await day.pass(100)
  await day.callAct(call, 'DROP')
  await day.pass(100)
  await day.submit(CHAT)
  await day.pass(40)
  await day.ask({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
  await day.pass(5)
  const { history } = day.engine
  if (!history) throw new Error('nothing is kept')
  return { day, history }
}

/** Commits in between: at once, with messages between aggregates, and, now and then, long after, with snapshots. */
function commits({ engine, clock }: { readonly engine: Engine; readonly clock: Day['clock'] }): () => Promise<void> {
  let count = 0
  return async () => {
    count += 1
    if (count % 3 !== 1) return
    for (const user of ['1001', '1002'])
      await engine.command({
        ...{ type: 'user.setState', user, state: count % 2 === 0 ? 'READY' : 'NOT_READY' },
      })
    await engine.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: count % 2 === 0 })
    if (count % 7 === 4) await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
    if (count % 10 === 7) await clock.advance(61_000)
  }
}

const span = { users: ['1001'], dialogs: [], aggregates: ['queue/5002'], mrds: [], limit: 10_000, definitions: false }

type Reading = (history: History, now: number) => Promise<unknown>

const READINGS: Readonly<Record<string, Reading>> = {
  'an explanation of now': (history, now) => explain(history, { user: '1001', now }),
  'an explanation of the end': (history) => explain(history, { user: '1001' }),
  'an explanation of another moment': (history, now) => explain(history, { user: '1001', at: now - 100_000, now }),
  'an explanation of a queue': (history) => explainQueue(history, { queue: CHAT }),
  'an interval report': (history) => intervalReport(history, { every: 900_000 }),
  'the past in the viewer': (history, now) =>
    every(recollect(history, { ...span, from: now - 300_000, to: now }, false)),
  'all users in the viewer': (history, now) => every(statesAt(history, now)),
  'a recording': (history, now) => record(history, { to: now - 1 }),
}

describe.each(Object.keys(READINGS))('%s', (name) => {
  it('is the same when the answers come later, and commits come in between', async () => {
    const { day, history } = await worked()
    const { now } = day
    const read = READINGS[name]
    if (!read) throw new Error('no such reading')
    const atOnce = await read(history, now)
    const before = history.lastPosition
    expect(JSON.stringify(await read(lateHistory(history, commits(day)), now))).toBe(JSON.stringify(atOnce))
    expect(history.lastPosition).toBeGreaterThan(before)
    await day.engine.close()
  })
})

it('a replay is the same when the answers come later, and commits come in between', async () => {
  const { day, history } = await worked(0)
  const atOnce = await replay(history)
  expect(atOnce).toMatchObject({ differing: 0 })
  // It shows the moment of the first answer, which lists the aggregates.
  const commit = commits(day)
  let isFirst = true
  const between = async () => {
    if (!isFirst) await commit()
    isFirst = false
  }
  expect(await replay(lateHistory(history, between))).toEqual(atOnce)
  await day.engine.close()
})

describe('a reading whose rows are deleted meanwhile', () => {
  /** All but the present is deleted before the answer with this number. */
  async function deleted(answer: number) {
    const { day, history } = await worked(60_000)
    const { now } = day
    await day.pass(120)
    let count = 0
    const late = lateHistory(history, async () => {
      count += 1
      if (count === answer) while (await day.store.compact(day.now + 1));
    })
    return { late, now }
  }

  it.each([2, 3, 4, 5])('rejects, and does not take the rest for the whole: before answer %i', async (answer) => {
    const { late, now } = await deleted(answer)
    const until = { time: now, position: late.lastPosition }
    const read = async () => {
      const steps = await retrace(ending(late, until), 'user/1001', now - 300_000)
      while (await steps.next());
    }
    await expect(read()).rejects.toThrow(PastForgotten)
  })

  it('is no answer to a question', async () => {
    const { late, now } = await deleted(8)
    const error: unknown = await explain(late, { user: '1001', at: now - 200_000 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ExplainError)
    expect(error).toMatchObject({ code: 'FORGOTTEN' })
  })
})
