/**
 * Interval reports from the journals of simulations: the same figures as those of the simulation, per interval. More of it in `npm run test:whole`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type IntervalOptions, type IntervalReport, intervalReport } from '../../src/history/intervals/index.ts'
import { loadScenario, type Scenario, type SimulationResult, simulate } from '../../src/simulate/index.ts'
import { openHistory, sqliteStore } from '../../src/store/index.ts'
import { BUSY, scenario } from '../simulate/scenarios.ts'
import { isWhole } from '../suite/extent.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T08:00:00Z')

/** Simulates, and reads a report from the data file. Without a span the report is of the whole scenario. */
async function reported(
  given: Scenario,
  options: Partial<IntervalOptions> = {},
): Promise<{ readonly result: SimulationResult; readonly report: IntervalReport }> {
  const folder = await mkdtemp(join(tmpdir(), 'intervals-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'kept.db')
  const result = await simulate(given, { store: sqliteStore(file), lanes: 0 })
  const history = openHistory(file)
  try {
    const report = await intervalReport(history, { every: 15 * MINUTE, to: given.start + given.duration, ...options })
    return { result, report }
  } finally {
    history.close()
  }
}

const email = ({ agents }: IntervalReport) => agents.filter(({ mrd }) => mrd === '5001')

it('an interrupt with ACCEPT stops the time on task, with IGNORE it goes on', async () => {
  const accept = email((await reported(await loadScenario('interrupt'))).report)
  expect(
    accept.map(({ from, onTaskMs, interrupts, handled }) => [from - START, onTaskMs, interrupts, handled]),
  ).toEqual([
    // An e-mail from 0:10 to 20:10, interrupted from 5:10 to 8:10.
    [0, 11 * MINUTE + 50_000, 1, 0],
    [15 * MINUTE, 5 * MINUTE + 10_000, 0, 1],
  ])
  expect(accept[0]?.stateMs).toEqual({ ACTIVE: 11 * MINUTE + 50_000, INTERRUPTED: 3 * MINUTE, READY: 10_000 })
  const ignore = email((await reported(await loadScenario('interrupt-ignore'))).report)
  expect(ignore.map(({ onTaskMs, interrupts }) => [onTaskMs, interrupts])).toEqual([
    [14 * MINUTE + 50_000, 0],
    [5 * MINUTE + 10_000, 0],
  ])
})

it('a missed offer counts as RONA, and the customer’s wait goes on', async () => {
  const { report } = await reported(await loadScenario('start-timeout'), { every: 60 * MINUTE })
  expect(report.queues).toEqual([
    {
      ...{ from: START, queue: '5002', name: 'Chat', offered: 1, accepted: 1, handled: 1, rona: 3, abandoned: 0 },
      waitMs: 2 * MINUTE + 55_000,
    },
  ])
})

it.runIf(isWhole)('the sums over all intervals are the figures of the simulation', async () => {
  const { result, report } = await reported(
    await scenario(BUSY.replace('duration: 40m', 'duration: 26m').replace('from: 20m, to: 25m', 'from: 15m, to: 20m')),
  )
  const sum = <Of>(all: readonly Of[], of: (one: Of) => number) => all.reduce((total, one) => total + of(one), 0)
  for (const work of result.work) {
    const own = report.agents.filter(({ mrd }) => mrd === work.mrd)
    expect({
      offered: sum(own, ({ offered }) => offered),
      accepted: sum(own, ({ accepted }) => accepted),
      handled: sum(own, ({ handled }) => handled),
      rona: sum(own, ({ rona }) => rona),
      interrupts: sum(own, ({ interrupts }) => interrupts),
      onTask: sum(own, ({ onTaskMs }) => onTaskMs),
      ready: sum(own, ({ stateMs }) => stateMs.READY ?? 0),
    }).toEqual({
      offered: work.offered,
      accepted: work.accepted,
      handled: work.endings.handled,
      rona: work.endings.ronaTransfers,
      interrupts: work.interruptions,
      onTask: work.activeMs,
      ready: work.stateMs.READY ?? 0,
    })
  }
  const calls = report.agents.filter(({ mrd }) => mrd === '1')
  expect(sum(calls, ({ offered }) => offered)).toBe(sum(result.agents, (agent) => agent.calls.offered))
  expect(sum(calls, ({ accepted }) => accepted)).toBe(sum(result.agents, (agent) => agent.calls.answered))
  const chats = result.queues.find(({ mrd }) => mrd === '5002')
  const reportedChats = report.queues.filter(({ queue }) => queue === '5002')
  expect(sum(reportedChats, ({ abandoned }) => abandoned)).toBe(chats?.abandoned)
})

const HEAD = 'version: 1\ntitle: T\nduration: 20m\n'
const voiceQueue = ({ agents, queues }: IntervalReport) => ({
  queues: queues.filter(({ queue }) => queue === '701').map(({ from, name, queue, ...figures }) => figures),
  agents: agents
    .filter(({ mrd }) => mrd === '701')
    .map(({ user, offered, accepted, handled, rona, abandoned, onTaskMs }) => {
      return { user, offered, accepted, handled, rona, abandoned, onTaskMs }
    }),
})

it('calls of a queue count for the queue and for its agents: missed, answered, given up, timed out', async () => {
  const { report, result } = await reported(
    await scenario(`${HEAD}
agents:
  - { name: deaf, users: ["1001"], voice: true, answer: { probability: 0 }, backAfterRona: never, signOut: 3m }
  - { name: good, users: ["1002"], voice: true, signIn: 10s, answer: { delay: 5s }, signOut: 4m }
handling: { voice: { talk: 1m } }
arrivals:
  - { queue: "701", at: [1m], name: call }
  - { queue: "701", at: [90s], patience: 30s, name: gone }
  - { queue: "701", at: [5m], name: patient }
`),
    { every: 60 * MINUTE },
  )
  expect(voiceQueue(report)).toEqual({
    queues: [{ offered: 3, accepted: 1, handled: 1, rona: 1, abandoned: 1, waitMs: 20_000 }],
    agents: [
      { user: '1001', offered: 1, accepted: 0, handled: 0, rona: 1, abandoned: 0, onTaskMs: 0 },
      { user: '1002', offered: 1, accepted: 1, handled: 1, rona: 0, abandoned: 0, onTaskMs: MINUTE },
    ],
  })
  expect(report.queues.find(({ queue }) => queue === '701')?.name).toBe('Support Line')
  expect(result.queues[0]).toMatchObject({ arrived: 3, handled: 1, abandoned: 1, left: 1 })
})

it('a caller who gives up while it rings counts for the agent too, and a call in two intervals for both', async () => {
  const { report } = await reported(
    await scenario(`${HEAD}
agents:
  - { name: slow, users: ["1001"], voice: true, answer: { delay: 10s } }
handling: { voice: { talk: 4m, wrapUp: 0s } }
arrivals:
  - { queue: "701", at: [1m], patience: 5s, name: gone }
  - { queue: "701", at: [12m], name: long }
`),
  )
  expect(voiceQueue(report)).toEqual({
    queues: [
      { offered: 2, accepted: 1, handled: 0, rona: 0, abandoned: 1, waitMs: 10_000 },
      { offered: 0, accepted: 0, handled: 1, rona: 0, abandoned: 0, waitMs: 0 },
    ],
    agents: [
      { user: '1001', offered: 2, accepted: 1, handled: 0, rona: 0, abandoned: 1, onTaskMs: 170_000 },
      { user: '1001', offered: 0, accepted: 0, handled: 1, rona: 0, abandoned: 0, onTaskMs: 70_000 },
    ],
  })
})

it('a call that takes the place of a consult call in the queue is the same contact, and its wait goes on (V65)', async () => {
  const { report } = await reported(
    await scenario(`${HEAD}
agents: [{ name: s, users: ["1001", "1002"], scripted: true }]
script:
  - { do: user.signIn, at: 0s, user: "1001", extension: "1001" }
  - { do: user.signIn, at: 0s, user: "1002", extension: "1002" }
  - { do: call, at: 10s, contact: c#1, extension: "1001" }
  - { do: call.act, at: 15s, user: "1001", contact: c#1, action: ANSWER, extension: "1001" }
  - { do: call.consult, at: 1m, user: "1001", extension: "1001", to: "8000", contact: own#1, during: c#1 }
  - { do: call.join, at: 2m, user: "1001", extension: "1001", contact: c#1, action: TRANSFER }
  - { do: user.setState, at: 3m, user: "1002", state: READY }
  - { do: call.act, at: 190s, user: "1002", contact: c#1, action: ANSWER, extension: "1002" }
  - { do: giveUp, at: 5m, contact: c#1 }
`),
    { every: 60 * MINUTE },
  )
  expect(voiceQueue(report)).toEqual({
    queues: [{ offered: 1, accepted: 1, handled: 1, rona: 0, abandoned: 0, waitMs: 130_000 }],
    agents: [{ user: '1002', offered: 1, accepted: 1, handled: 1, rona: 0, abandoned: 0, onTaskMs: 110_000 }],
  })
})

it('a part of the journal has the intervals of that part', async () => {
  const span = { from: START + 6 * MINUTE, to: START + 10 * MINUTE }
  const { report } = await reported(await loadScenario('interrupt'), { every: 60 * MINUTE, ...span })
  const [only, ...others] = email(report)
  expect(others).toEqual([])
  expect(only).toMatchObject({
    stateMs: { INTERRUPTED: 2 * MINUTE + 10_000, ACTIVE: MINUTE + 50_000 },
    onTaskMs: MINUTE + 50_000,
    interrupts: 0,
  })
})
