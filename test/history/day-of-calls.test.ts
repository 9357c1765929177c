/**
 * Slow, 20 s: the day is played twice, and callbacks and time-outs pass in it.
 *
 * A day of calls with every feature: played twice it gives the same journal, byte for byte, and it replays without a
 * difference.
 */
import { expect, it } from 'vitest'
import type { Batch } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { type MemoryStore, memoryStore } from '../../src/store/index.ts'
import { type Day, dayOfCalls, type Storage } from './day-of-calls.ts'
import { historyOf } from './golden/read.ts'

const inMemory = (store: MemoryStore): Storage => ({ store, reopen: () => inMemory(store.reopen()) })

/** Every type of call and state of a user that was published, and every failure. */
function seen({ published }: Day) {
  const types = new Set<string>()
  const states = new Set<string>()
  const failures: string[] = []
  for (const value of published) {
    if (value.kind === 'call') types.add(value.callType)
    if (value.kind === 'user') states.add(value.reason ? `${value.state} ${value.reason.code}` : value.state)
    if (value.kind === 'failure') failures.push(value.failure)
  }
  return { types: [...types].sort(), states: [...states].sort(), failures }
}

const day = await dayOfCalls(inMemory(memoryStore({ id: 'day' })))

it('has every type of call and every state, and nothing fails', () => {
  expect(seen(day)).toEqual({
    types: [
      ...['AGENT_INSIDE', 'CONFERENCE', 'CONSULT', 'OTHER_IN', 'OUT', 'OUTBOUND', 'OUTBOUND_CALLBACK_PREVIEW'],
      ...['OUTBOUND_PREVIEW', 'PREROUTE_ACD_IN', 'SUPERVISOR_MONITOR', 'TRANSFER'],
    ],
    states: [
      ...['HOLD', 'LOGOUT', 'NOT_READY', 'NOT_READY 32767', 'READY', 'RESERVED', 'RESERVED_OUTBOUND'],
      ...['RESERVED_OUTBOUND_PREVIEW', 'TALKING', 'WORK', 'WORK_READY'],
    ],
    failures: [],
  })
})

it('gives the same journal a second time, byte for byte', { timeout: 240_000 }, async () => {
  expect((await dayOfCalls(inMemory(memoryStore({ id: 'day' })))).commits).toEqual(day.commits)
})

it('replays without a difference', () => {
  const batches: Batch[] = day.commits.map((text) => JSON.parse(text))
  const rows = batches.flatMap(({ journal }) => journal)
  const report = replay(historyOf({ rows, snapshots: batches.flatMap(({ snapshots }) => snapshots) }))
  expect(report.aggregates.filter(({ difference }) => difference)).toEqual([])
  expect(report).toMatchObject({ rows: rows.length, differing: 0 })
})
