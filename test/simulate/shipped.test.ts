/**
 * The shipped scenarios: each contains its own expectations.
 *
 * Slow, 13 s: every shipped scenario is simulated. The whole shift takes 30 s of computing alone, so only its first hour
 * is played, in `npm run test:whole` the first three with the first peak; what they cannot see of the later breaks is
 * checked by arithmetic.
 */
import { expect, it } from 'vitest'
import { loadScenario, shippedScenarios, simulate } from '../../src/simulate/index.ts'
import { extent } from '../suite/extent.ts'
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

/** What holds at any time of a day. The others are counts of the whole day, or what is left when it is over. */
const AT_ANY_TIME = ['failedInputs', 'occupancy', 'serviceLevel', 'waitP90', 'left', 'lost']

it(
  'shift, its beginning: it expects of them what it expects of the whole day',
  async () => {
    const scenario = await loadScenario('shift')
    const duration = extent(1, 3) * 3_600_000
    const expected = scenario.expect.flatMap((each) =>
      each.subject.kind === 'total' && AT_ANY_TIME.includes(each.subject.total) ? { ...each, at: duration } : [],
    )
    expect(expected.length).toBeGreaterThan(5)
    const result = await simulate({ ...scenario, duration, expect: expected })
    expect(result.expectations.filter(({ held }) => !held)).toEqual([])
    expect(result.counts).toMatchObject({ agents: 200, failedInputs: 0 })
    expect(result.counts.contacts).toBeGreaterThan(extent(1000, 5000))
    expect(result.agents.filter(({ tracks }) => tracks !== undefined)).toHaveLength(50)
    const handled = result.queues.filter((queue) => queue.handled > 0).map(({ mrd }) => mrd)
    expect(handled).toEqual(['1', '5001', '5002', '5003'])
    expect(wrongSums(result)).toEqual([])
  },
  LONG_MS,
)

it('shift: at most a third of a group is on the same break at once', async () => {
  const { members } = await loadScenario('shift')
  const breaks = [...new Set(members.map(({ group }) => group))].flatMap(({ name, breaks: all }) =>
    all.map((each) => ({ name, ...each })),
  )
  expect(breaks.length).toBeGreaterThan(4)
  const mean = ([least, most]: readonly [number, number]) => (least + most) / 2
  const share = ({ spread, for: { uniform = [spread, spread] } }: (typeof breaks)[number]) => mean(uniform) / spread
  expect(breaks.filter((each) => share(each) > 1 / 3)).toEqual([])
})

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
