/** Comparisons: several seeds, intervals, paired differences, and the answer in words. */
import { expect, it } from 'vitest'
import { estimate, t975 } from '../../src/simulate/compare/statistics.ts'
import {
  answerOf,
  type Experiment,
  type ExperimentOptions,
  experiment,
  experimentCsv,
  parseVariants,
  printExperiment,
  shownOf,
} from '../../src/simulate/index.ts'
import { problemsOf } from './scenarios.ts'

/** Chats on e-mails, with a second agent in one variant. */
const FILE = `
version: 1
title: Chats
duration: 90m
warmUp: 10m
directory: { generate: {} }
baseline: alone
agents:
  - { name: mail, count: 1, media: { "5001": {}, "5002": {} } }
handling:
  "5001": { active: { exponential: 4m } }
  "5002": { active: { exponential: 2m } }
arrivals:
  - { selector: email_support, perHour: 8 }
  - { selector: chat_sales, perHour: 8 }
costs: { agentHour: 30, waitMinute: { "5001": 0.5 } }
variants:
  - { name: two, change: { agents: { mail: { count: 2 } } } }
  - { name: same, change: { description: no difference } }
expect: [{ total: abandoned, mrd: "5002", is: 0 }, { total: handled, mrd: "5002", atLeast: 8 }]
`

const compared = async (text: string, options: Partial<ExperimentOptions> = {}): Promise<Experiment> =>
  experiment(await parseVariants(text, 'test.yaml'), { replications: 4, threads: 1, lanes: 0, ...options })

it('a mean has the interval of Student’s t', () => {
  const { mean, low = 0, high = 0, runs } = estimate([1, 2, 3, 4, 5])
  expect({ mean, runs }).toEqual({ mean: 3, runs: 5 })
  // 2.7764 times the standard error, which is the root of a half.
  expect(high - 3).toBeCloseTo(1.9632, 4)
  expect(3 - low).toBeCloseTo(1.9632, 4)
  expect(estimate([7])).toEqual({ mean: 7, runs: 1 })
  expect([31, 60, 120].map((freedom) => t975(freedom).toFixed(3))).toEqual(['2.040', '2.000', '1.980'])
})

it('says which differences are no chance, in words and with their intervals; equal variants do not differ', async () => {
  const found = await compared(FILE)
  const { sentences, warnings } = answerOf(found)
  expect(sentences[0]).toMatch(
    /^two, compared with alone: .*Email 5001: until handled, p90 .* less \(.* to .*\) than .*, better/,
  )
  expect(sentences[1]).toBe('same, compared with alone: no difference that can be told from chance.')
  expect(warnings).toEqual([])
  const until = found.outcomes[1]?.differences.find(({ id }) => id === 'queue/5001/handledAfterP90')
  expect(until?.difference.high).toBeLessThan(0)
  const arrived = found.outcomes[1]?.differences.find(({ id }) => id === 'queue/5001/arrived')
  expect(arrived?.difference).toEqual({ mean: 0, low: 0, high: 0, runs: 4 })
  const [cost] = found.outcomes[0]?.figures.filter(({ id }) => id === 'agents/cost') ?? []
  const { signedInMs = 0 } = found.outcomes[0]?.first.agents[0] ?? {}
  expect(signedInMs).toBe(80 * 60_000)
  expect(cost?.estimate.mean).toBeGreaterThan(40)
})

it('gives the same bytes in threads and without', async () => {
  const [one, two] = [await compared(FILE, { replications: 2 }), await compared(FILE, { replications: 2, threads: 2 })]
  expect(JSON.stringify(two)).toBe(JSON.stringify(one))
  expect(experimentCsv(two)).toBe(experimentCsv(one))
})

const SWEPT = { path: 'mail.size', values: [1, 2, 3] } as const

it('a sweep is a curve: in the terminal, in the CSV and for the report page, with the target first', async () => {
  const variants = await Promise.all(
    SWEPT.values.map(async (value) => {
      const [one] = await parseVariants(FILE, 'test.yaml', [{ path: SWEPT.path, value }])
      if (!one) throw new Error('no variant')
      return { ...one, name: `mail.size=${value}`, point: { path: SWEPT.path, value, variant: '' } }
    }),
  )
  const options = { replications: 3, threads: 1, lanes: 0, counter: false }
  const target = { text: '5002.waitP90<=1m', figure: '5002/waitP90', least: false, value: 60_000 }
  const found = { ...(await experiment(variants, options)), target }
  const printed = printExperiment(found)
  expect(printed).toMatch(/^ +Chat 5002: wait, p90 .*\nmail\.size=1 +\S.*not met.*\nmail\.size=2 .*\nmail\.size=3 /m)
  expect(printed).not.toContain('Figures that differ')
  const rows = experimentCsv(found)
    .split('\r\n')
    .filter((line) => line.includes(',queue/5002/waitP90,'))
  expect(rows.map((row) => row.split(',').slice(-3, -1))).toEqual([
    ['mail.size', '1'],
    ['mail.size', '2'],
    ['mail.size', '3'],
  ])
  const { curve, variants: differences, runs, sentences, all } = shownOf(found)
  expect(sentences).toEqual([expect.stringMatching(/^(No value surely meets|mail\.size=\d is the first that surely)/)])
  expect(curve?.figures[0]).toMatchObject({
    label: 'Chat 5002: wait, p90',
    isMain: true,
    target: { text: '5002.waitP90<=1m', value: 60_000 },
    lines: [{ name: '', points: [{ value: 1, verdict: 'not met' }, { value: 2 }, { value: 3 }] }],
  })
  expect({ differences, runs, names: all.names }).toEqual({
    differences: [],
    runs: ['mail.size=1', 'mail.size=3'],
    names: ['mail.size=1', 'mail.size=2', 'mail.size=3'],
  })
})

it('says what only some variants assume of people', async () => {
  const variant = `
  - { name: slower, change: { handling: { "5002": { active: { exponential: 2m }, concurrency: 0.1 } } } }
`
  const found = await compared(FILE.replace('variants:\n', `variants:${variant}`), { replications: 1, counter: false })
  const lines = printExperiment(found)
    .split('\n')
    .filter((line) => line.includes('several tasks in hand'))
  expect(lines).toEqual([
    'People in alone, two, same: several tasks in hand, Email, Chat: no loss for further tasks (an assumption)',
    'People in slower: several tasks in hand, Chat: 10% longer for each further one (the scenario)',
    'People in slower: several tasks in hand, Email: no loss for further tasks (an assumption)',
  ])
})

it('counts in how many runs an expectation did not hold', async () => {
  const found = await compared(FILE.replace('atLeast: 8', 'atLeast: 100'), { replications: 2, counter: false })
  expect(found.outcomes[0]?.broken).toMatchObject([{ line: 20, runs: 2 }])
  expect(printExperiment(found)).toContain('not in 2 of 2 runs')
})

it('with one seed it tells no difference from chance', async () => {
  const { warnings } = answerOf(await compared(FILE, { replications: 1, counter: false }))
  expect(warnings.join()).toContain('One seed was run')
})

it('warns where a variant is better only by what is assumed of people', async () => {
  const dear = FILE.replace('active: { exponential: 4m }', 'active: { exponential: 4m }, resumeSeconds: 5m').replace(
    /variants:[\s\S]*expect/,
    'variants: [{ name: ignore, change: { agents: { mail: { media: { "5001": { interruptAction: IGNORE } } } }, handling: { "5001": { resumeSeconds: 0 } } } }]\nexpect',
  )
  const { sentences, warnings } = answerOf(await compared(dear))
  expect(sentences.join()).toContain('better')
  expect(warnings.join()).toMatch(/ignore is better in Email 5001.* by what is assumed of people: if interruptions/)
})

it('names what is wrong in a variant', async () => {
  const problems = async (variants: string) =>
    parseVariants(`${FILE.replace(/variants:[\s\S]*expect/, `variants: ${variants}\nexpect`)}`, 'test.yaml').then(
      () => 'none',
      (error: Error) => error.message,
    )
  expect(await problems('[{ name: a, change: { agents: { male: { count: 2 } } } }]')).toContain(
    'there is none of this name among agents',
  )
  expect(await problems('[{ name: a, change: { durration: 1h } }]')).toContain('in variant a: durration unknown key')
  expect(await problems('[{ name: alone, change: { seed: 2 } }]')).toContain('there are two variants alone')
  expect(
    await problemsOf('version: 1\ntitle: T\nduration: 1h\nwarmUp: 1h\nagents: [{ name: a, voice: true }]'),
  ).toEqual(['4 warmUp: must be shorter than the duration'])
})
