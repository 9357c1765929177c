/**
 * A day of calls with every feature: played twice it gives the same journal, byte for byte, and it replays without a
 * difference, whatever store it is in. A follower that gets its documents has the same states.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Batch } from '../../src/engine/ports.ts'
import type { DialogValue } from '../../src/engine/values.ts'
import { renderUpdate } from '../../src/finesse/index.ts'
import type { Reading } from '../../src/follow/events/reading.ts'
import { readUpdate } from '../../src/follow/events/update.ts'
import { machineEventOf } from '../../src/follow/machine-event.ts'
import { Picture } from '../../src/follow/picture.ts'
import { replay } from '../../src/history/replay.ts'
import { createEngine } from '../../src/index.ts'
import { type MemoryStore, memoryStore, openHistory, sqliteStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/index.ts'
import { temporaryDirectory } from '../store/directories.ts'
import { type Day, dayOfCalls, type Storage } from './day-of-calls.ts'
import { historyOf } from './golden/read.ts'

/** The store of a process that is killed: another process reads what it committed. */
const inMemory = (store: MemoryStore): Storage => ({ store, reopen: () => inMemory(store.reopen()) })

const onFile = (file: string): Storage => ({ store: sqliteStore(file), reopen: () => onFile(file) })

async function replayed(commits: readonly string[]) {
  const batches: Batch[] = commits.map((text) => JSON.parse(text))
  const rows = batches.flatMap(({ journal }) => journal)
  return await replay(historyOf({ rows, snapshots: batches.flatMap(({ snapshots }) => snapshots) }))
}

/** What clients and the ACD saw of a day. */
const shown = ({ notifications }: Day) => notifications.map(({ value }) => value)

/** Every type of call and state of a user that was published, and every failure. */
function seen({ notifications }: Day) {
  const types = new Set<string>()
  const states = new Set<string>()
  const failures: string[] = []
  for (const { value } of notifications) {
    if (value.kind === 'call') types.add(value.callType)
    if (value.kind === 'user') states.add(value.reason ? `${value.state} ${value.reason.code}` : value.state)
    if (value.kind === 'failure') failures.push(value.failure)
  }
  return { types: [...types].sort(), states: [...states].sort(), failures }
}

const day = await dayOfCalls(inMemory(memoryStore({ id: 'day' })), 'killed')

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

it('gives the same journal a second time, byte for byte', async () => {
  expect((await dayOfCalls(inMemory(memoryStore({ id: 'day' })), 'killed')).commits).toEqual(day.commits)
})

it('replays without a difference', async () => {
  const report = await replayed(day.commits)
  expect(report.aggregates.filter(({ difference }) => difference)).toEqual([])
  expect(report).toMatchObject({ differing: 0 })
  expect(report.rows).toBeGreaterThan(400)
})

it('is the same on a file, with an orderly stop at noon, and replays from the file', async () => {
  const file = join(temporaryDirectory(), 'day.db')
  const onDisk = await dayOfCalls(onFile(file), 'closed')
  expect(shown(onDisk)).toEqual(shown(day))
  const history = openHistory(file)
  const report = await replay(history)
  history.close()
  expect(report.aggregates.filter(({ difference }) => difference)).toEqual([])
  expect(report).toMatchObject({ rows: (await replayed(onDisk.commits)).rows, differing: 0 })
})

/** The charts list every step of the day, so a follower that is told one that is not listed has missed something. */
it('has the same states in a follower of its documents, and only a step that no table has is flagged (user 5.1)', {
  timeout: 240_000,
}, async () => {
  const engine = await createEngine({ role: 'follower', directory: day.directory, clock: virtualClock() })
  const picture = new Picture()
  const strange: string[] = []
  const reading: Reading = {
    side: 'A',
    agentAt: (extension) => picture.agentAt(extension),
    strange: (where, value) => strange.push(`${where} ${value}`),
  }
  const flagged: string[] = []
  engine.on('flagged', ({ aggregate, what, from, to }) => flagged.push(`${aggregate}: ${what} from ${from} to ${to}`))
  for (const notification of day.notifications) {
    const { told } = readUpdate(renderUpdate(notification), notification.node, reading)
    picture.take(told)
    const event = machineEventOf(told)
    if (event === undefined) continue
    await engine.userEvent(event)
    if (event.kind !== 'call') continue
    const { dialogs = new Map<string, DialogValue>() } = picture.of(event.user) ?? {}
    expect(statesOf(engine.get.dialogs(event.user, 'voice') ?? [])).toEqual(statesOf([...dialogs.values()]))
  }
  await engine.close()
  // No table has the step from one call's wrap-up to the talk on another one (`user 5.2`).
  expect([flagged, strange]).toEqual([['user/1002: user from WORK to TALKING'], []])
})

/** The states and allowed actions of calls and their parties. */
const statesOf = (dialogs: readonly DialogValue[]) =>
  dialogs
    .flatMap((each) => (each.kind === 'call' ? [each] : []))
    .map(({ id, state, participants }) => [
      id,
      state,
      ...participants.map((party) => `${party.mediaAddress} ${party.state} ${party.actions.join()}`),
    ])
    .sort(([a = ''], [b = '']) => String(a).localeCompare(String(b)))
