/**
 * The shipped scenarios: each contains its own expectations.
 *
 * Slow, 15 s: every shipped scenario is simulated.
 */
import { expect, it } from 'vitest'
import { loadScenario, shippedScenarios, simulate } from '../../src/simulate/index.ts'
import { wrongSums } from './sums.ts'

/** The first two are looked at below; `npm test` runs `lunch` with the commands of the README. */
const LONG = ['shift', 'shift-2000', 'lunch']
/** A time limit in ms for many agents, on a machine that may have other work. */
const LONG_MS = 120_000

it.each(shippedScenarios().filter((name) => !LONG.includes(name)))('%s', async (name) => {
  const scenario = await loadScenario(name)
  const result = await simulate(scenario)
  expect(result.expectations.filter(({ held }) => !held)).toEqual([])
  expect(result.expectations).toHaveLength(scenario.expect.length)
  expect(scenario.expect.length).toBeGreaterThan(5)
  expect(wrongSums(result)).toEqual([])
})

it(
  'shift, the first half hour',
  async () => {
    const scenario = await loadScenario('shift')
    const result = await simulate({ ...scenario, duration: 30 * 60_000, expect: [] })
    expect(result.counts).toMatchObject({ agents: 200, failedInputs: 0 })
    expect(result.counts.contacts).toBeGreaterThan(400)
    expect(result.agents.filter(({ tracks }) => tracks !== undefined)).toHaveLength(50)
    const handled = result.queues.filter((queue) => queue.handled > 0).map(({ mrd }) => mrd)
    expect(handled).toEqual(['1', '5001', '5002', '5003'])
    expect(wrongSums(result)).toEqual([])
  },
  LONG_MS,
)

it('shift-2000 is valid', async () => {
  const { members, arrivals } = await loadScenario('shift-2000')
  expect(members).toHaveLength(2000)
  const all = arrivals.flatMap(({ byHour = {} }) => Object.values(byHour)).reduce((sum, each) => sum + each, 0)
  expect(all).toBeGreaterThanOrEqual(159_000)
})

it(
  'shift-2000, the first minute of 200 agents, twice: the journals are equal',
  async () => {
    const scenario = await loadScenario('shift-2000')
    const start = { ...scenario, members: scenario.members.slice(0, 200), duration: 60_000, expect: [] }
    const [first, again] = [await simulate(start), await simulate(start)]
    expect(first.counts.contacts).toBeGreaterThan(50)
    expect(again.journalHash).toBe(first.journalHash)
  },
  LONG_MS,
)
