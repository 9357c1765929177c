/**
 * Calls of queues as the theory of queues has them: M/M/c. What an agent transfers are thinned arrivals of the next queue,
 * because what leaves M/M/c is a Poisson stream too (Burke).
 *
 * Slow, 20 s: a mean of thousands of calls is needed. More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import type { Engine } from '../../src/engine/api.ts'
import { simulate } from '../../src/simulate/index.ts'
import { isWhole } from '../suite/extent.ts'
import { scenario } from './scenarios.ts'

const HOURS = 50
const PER_HOUR = 36
/** Of the calls of the first queue this part goes on to the second one. */
const PART = 0.5
/** Mean talk in both queues. */
const TALK_HOURS = 3 / 60
/** The agents of queue 701 and of queue 702, of the sample directory. */
const FIRST = ['1001', '1002', '1003']
const SECOND = ['1004', '1005']

const TEXT = `
version: 1
title: M/M/c
duration: ${HOURS}h
agents:
  - { name: first, users: ${JSON.stringify(FIRST)}, voice: true, answer: { delay: 0s }, callTransfers: [{ probability: ${PART}, to: "8001" }] }
  - { name: second, users: ${JSON.stringify(SECOND)}, voice: true, answer: { delay: 0s } }
handling: { voice: { talk: { exponential: 3m } } }
arrivals: [{ queue: "701", perHour: ${PER_HOUR}, name: call }]
`

/** The mean number of calls that wait in M/M/c: `load` in Erlang, `agents` servers (Erlang C). */
function waiting(load: number, agents: number): number {
  let term = 1
  let sum = 1
  for (let busy = 1; busy < agents; busy += 1) {
    term *= load / busy
    sum += term
  }
  const all = (term * load) / agents / (1 - load / agents)
  const isBusy = all / (sum + all)
  return (isBusy * load) / (agents - load)
}

/** Measures the mean number of calls that wait in a queue, over time. */
class MeanWaiting {
  readonly #means = new Map<string, { sum: number; at: number; waiting: number }>()
  #engine: Engine | undefined

  begin = async (engine: Engine): Promise<void> => {
    this.#engine = engine
    engine.on('committed', () => this.#look())
  }

  of(queue: string): number {
    this.#look()
    return (this.#means.get(queue)?.sum ?? 0) / (HOURS * 3_600_000)
  }

  #look(): void {
    const { get } = this.#engine ?? {}
    const now = this.#engine?.now() ?? 0
    for (const { id, waiting: count } of get?.voiceQueues() ?? []) {
      const { sum, at, waiting: before } = this.#means.get(id) ?? { sum: 0, at: now, waiting: 0 }
      this.#means.set(id, { sum: sum + before * (now - at), at: now, waiting: count })
    }
  }
}

it.runIf(isWhole)(
  'calls wait as in M/M/c, and what is transferred is a thinned stream of arrivals',
  async () => {
    const mean = new MeanWaiting()
    const watch = { begin: mean.begin, end: async () => undefined }
    const result = await simulate(await scenario(TEXT), { watch })
    const arrived = result.counts.contacts
    expect(arrived / (HOURS * PER_HOUR)).toBeCloseTo(1, 1)
    const answered = (users: readonly string[]) =>
      result.agents.filter(({ user }) => users.includes(user)).reduce((sum, { calls }) => sum + calls.answered, 0)
    // Each customer reaches the first queue, and the given part of them the second one.
    expect(answered(FIRST) / arrived).toBeCloseTo(1, 2)
    expect(answered(SECOND) / arrived).toBeCloseTo(PART, 1)
    const talk = (users: readonly string[]) =>
      result.agents.filter(({ user }) => users.includes(user)).reduce((sum, { calls }) => sum + calls.talkMs, 0)
    const load = PER_HOUR * TALK_HOURS
    expect(talk(FIRST) / (HOURS * 3_600_000) / load).toBeCloseTo(1, 1)
    expect(talk(SECOND) / (HOURS * 3_600_000) / (load * PART)).toBeCloseTo(1, 1)
    // The number of calls that wait varies most, because one long call makes many others wait.
    expect(Math.abs(mean.of('701') / waiting(load, FIRST.length) - 1)).toBeLessThan(0.25)
    expect(Math.abs(mean.of('702') / waiting(load * PART, SECOND.length) - 1)).toBeLessThan(0.25)
  },
  120_000,
)
