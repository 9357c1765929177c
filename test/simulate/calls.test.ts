/** Calls of several parties, calls to queues and calls that agents make, in scenarios. */
import { expect, it } from 'vitest'
import { simulate } from '../../src/simulate/index.ts'
import { problemsOf, scenario } from './scenarios.ts'
import { wrongSums } from './sums.ts'

const HEAD = 'version: 1\ntitle: T\nduration: 20m\n'

/** Runs a scenario. All its expectations must hold. */
async function run(text: string) {
  const result = await simulate(await scenario(`${HEAD}${text}`))
  expect(result.expectations.filter(({ held }) => !held)).toEqual([])
  expect(wrongSums(result)).toEqual([])
  return result
}

const SCRIPTED = `
agents: [{ name: s, users: ["1001", "1002", "1003"], scripted: true }]
script:
  - { do: user.signIn, at: 0s, user: "1001", extension: "1001" }
  - { do: user.signIn, at: 0s, user: "1002", extension: "1002" }
  - { do: user.signIn, at: 0s, user: "1003", extension: "1003" }
  - { do: call, at: 10s, contact: c#1, extension: "1001" }
  - { do: call.act, at: 15s, user: "1001", contact: c#1, action: ANSWER, extension: "1001" }
`

it('agents answer the calls of a queue; one that is not answered goes to the next agent (V10)', async () => {
  const result = await run(`
agents:
  - { name: deaf, users: ["1001"], voice: true, answer: { probability: 0 }, backAfterRona: never }
  - { name: good, users: ["1002"], voice: true, signIn: 10s, answer: { delay: 5s } }
handling: { voice: { talk: 1m } }
arrivals: [{ queue: "701", at: [1m], name: call }]
expect:
  - { at: 62s, user: "1001", state: RESERVED }
  - { at: 62s, contact: call#1, state: ALERTING, user: "1001" }
  - { at: 77s, user: "1001", state: NOT_READY }
  - { at: 77s, contact: call#1, state: ALERTING, user: "1002" }
  - { at: 90s, contact: call#1, state: ACTIVE, user: "1002" }
  - { at: 3m, contact: call#1, state: HANDLED }
`)
  expect(result.queues[0]).toMatchObject({ arrived: 1, handled: 1, wait: { longest: 20_000 } })
  expect(result.agents.map(({ calls }) => [calls.offered, calls.answered])).toEqual([
    [1, 0],
    [1, 1],
  ])
})

it('a caller of a queue gives up, and another one waits until the time-out of the queue', async () => {
  const result = await run(`
agents: [{ name: a, users: ["1001"], media: { "5001": {} } }]
arrivals:
  - { queue: "701", at: [1m], patience: 30s, name: gone }
  - { queue: "701", at: [1m], name: patient }
expect:
  - { at: 80s, queue: "1", is: 2 }
  - { at: 91s, contact: gone#1, state: ABANDONED }
  - { at: 10m59s, contact: patient#1, state: QUEUED }
  - { at: 11m, contact: patient#1, state: LEFT }
`)
  expect(result.queues[0]).toMatchObject({ arrived: 2, abandoned: 1, left: 1, open: 0 })
})

it('a simulated agent answers the consult call of a scripted one, and has the customer after the transfer', async () => {
  const result = await run(`
agents:
  - { name: scripted, users: ["1001"], scripted: true }
  - { name: simulated, users: ["1002"], voice: true, answer: { delay: 5s }, media: { "5001": {} }, accept: { delay: 0s } }
handling: { voice: { talk: 4m }, "5001": { active: 10m } }
arrivals: [{ selector: email_support, at: [5s], name: mail }]
script:
  - { do: user.signIn, at: 0s, user: "1001", extension: "1001" }
  - { do: call, at: 10s, contact: c#1, extension: "1001" }
  - { do: call.act, at: 15s, user: "1001", contact: c#1, action: ANSWER, extension: "1001" }
  - { do: call.consult, at: 1m, user: "1001", during: c#1, contact: asks, extension: "1001", to: "1002" }
  - { do: call.join, at: 2m, user: "1001", contact: c#1, action: TRANSFER, extension: "1001" }
expect:
  - { at: 62s, contact: mail#1, state: ACTIVE }
  - { at: 70s, contact: asks, state: ACTIVE }
  - { at: 70s, contact: mail#1, state: INTERRUPTED }
  - { at: 3m, contact: c#1, state: ACTIVE, user: "1002" }
  - { at: 3m, user: "1001", state: NOT_READY }
  - { at: 5m59s, contact: c#1, state: ACTIVE }
  - { at: 6m, contact: c#1, state: HANDLED }
  - { at: 6m1s, contact: mail#1, state: ACTIVE }
  - { total: failedInputs, is: 0 }
`)
  expect(result.queues[0]).toMatchObject({ arrived: 1, handled: 1, open: 0 })
  // The transferred call was not offered to the second agent. The consult call was.
  expect(result.agents.map(({ calls }) => [calls.offered, calls.answered])).toEqual([
    [1, 1],
    [1, 1],
  ])
})

it('a conference goes on until the last agent has left it', async () => {
  await run(`${SCRIPTED}
  - { do: call.consult, at: 1m, user: "1001", during: c#1, contact: asks, extension: "1001", to: "1002" }
  - { do: call.act, at: 65s, user: "1002", contact: asks, action: ANSWER, extension: "1002" }
  - { do: call.join, at: 2m, user: "1001", contact: c#1, action: CONFERENCE, extension: "1001" }
  - { do: call.act, at: 3m, user: "1001", contact: c#1, action: DROP, extension: "1001" }
  - { do: call.act, at: 4m, user: "1002", contact: c#1, action: DROP, extension: "1002" }
expect:
  - { at: 150s, user: "1001", state: TALKING }
  - { at: 150s, user: "1002", state: TALKING }
  - { at: 150s, contact: asks, state: OVER }
  - { at: 200s, user: "1001", state: NOT_READY }
  - { at: 200s, contact: c#1, state: ACTIVE, user: "1002" }
  - { at: 241s, contact: c#1, state: HANDLED }
`)
})

it('a single-step transfer to a colleague who does not answer loses the customer', async () => {
  await run(`${SCRIPTED}
  - { do: call.transferTo, at: 1m, user: "1001", contact: c#1, extension: "1001", to: "1002" }
expect:
  - { at: 62s, user: "1001", state: NOT_READY }
  - { at: 62s, contact: c#1, state: ALERTING, user: "1002" }
  - { at: 2m, contact: c#1, state: LEFT }
`)
})

it('numbers outside answer as the scenario says', async () => {
  await run(`
numbers: { "5550001": busy, "5550002": bad-number, "*": { ring: 10s, talk: 1m } }
agents: [{ name: s, users: ["1001", "1002", "1003"], scripted: true }]
script:
  - { do: user.signIn, at: 0s, user: "1001", extension: "1001" }
  - { do: user.signIn, at: 0s, user: "1002", extension: "1002" }
  - { do: user.signIn, at: 0s, user: "1003", extension: "1003" }
  - { do: call.make, at: 1m, user: "1001", contact: busy, extension: "1001", to: "5550001" }
  - { do: call.make, at: 1m, user: "1002", contact: bad, extension: "1002", to: "5550002" }
  - { do: call.make, at: 1m, user: "1003", contact: good, extension: "1003", to: "5550003" }
expect:
  - { at: 65s, contact: busy, state: FAILED, user: "1001" }
  - { at: 65s, contact: bad, state: FAILED, user: "1002" }
  - { at: 65s, contact: good, state: ALERTING, user: "1003" }
  - { at: 75s, contact: good, state: ACTIVE }
  - { at: 131s, contact: good, state: OVER }
  - { total: callsOffered, is: 0 }
  - { total: talk, user: "1003", is: 1m }
`)
})

const agents = 'agents: [{ name: s, users: ["1001"], scripted: true }]\n'
it.each([
  ['an unknown queue', `${agents}arrivals: [{ queue: "9", at: [1m] }]\n`, 'arrivals[0].queue: no queue of calls 9'],
  [
    'an arrival with two places',
    `${agents}arrivals: [{ queue: "701", extension: "1001", at: [1m] }]\n`,
    'arrivals[0]: must have one of selector, extension, queue, group',
  ],
  [
    'a number that is an extension',
    `${agents}numbers: { "1002": busy }\n`,
    'numbers.1002: is an extension, or the number of a queue',
  ],
  [
    'a call to nowhere',
    `${agents}script: [{ do: call, at: 1m, contact: a#1 }]\n`,
    'script[0].extension: a call has one of extension and queue',
  ],
  [
    'a consult call during a call that is not known',
    `${agents}script: [{ do: call.consult, at: 1m, user: "1001", during: a#1, contact: b, extension: "1001", to: "1" }]\n`,
    'script[0].during: contact a#1 has not arrived before',
  ],
  [
    'two calls with one name',
    `${agents}script:
  - { do: call.make, at: 1m, user: "1001", contact: a, extension: "1001", to: "1" }
  - { do: call.make, at: 2m, user: "1001", contact: a, extension: "1001", to: "1" }
`,
    'script[1].contact: contact a exists already',
  ],
])('%s is an error', async (_what, text, problem) => {
  expect((await problemsOf(`${HEAD}${text}`)).map((each) => each.replace(/^\d+ /, ''))).toContain(problem)
})

it('the lanes show what each call is to the agent: rings, talks, on hold, consults, in a conference', async () => {
  const { agents } = await run(`${SCRIPTED}
  - { do: call.consult, at: 1m, user: "1001", during: c#1, contact: asks, extension: "1001", to: "1002" }
  - { do: call.act, at: 65s, user: "1002", contact: asks, action: ANSWER, extension: "1002" }
  - { do: call.join, at: 2m, user: "1001", contact: c#1, action: CONFERENCE, extension: "1001" }
  - { do: call.act, at: 3m, user: "1001", contact: c#1, action: DROP, extension: "1001" }
  - { do: call.act, at: 4m, user: "1002", contact: c#1, action: DROP, extension: "1002" }
`)
  const lanes = agents.map(({ user, handlings = [] }) => [
    user,
    ...handlings.map(({ mrd, spans }) => [
      mrd,
      ...spans.map(({ state, from, to }) => `${state} ${from / 1000}-${to / 1000}`),
    ]),
  ])
  expect(lanes).toEqual([
    [
      '1001',
      ['voice', 'INITIATED 60-65', 'CONSULT 65-120'],
      ['voice', 'ALERTING 10-15', 'ACTIVE 15-60', 'HELD 60-120', 'CONFERENCE 120-180'],
    ],
    ['1002', ['voice', 'ALERTING 60-65', 'CONSULT 65-120'], ['voice', 'CONFERENCE 120-240']],
    ['1003'],
  ])
})

it.each(['consult', 'conference'] as const)('a simulated agent passes a customer on by a %s', async (how) => {
  const result = await run(`
agents:
  - { name: first, users: ["1001"], voice: true, answer: { delay: 5s }, callTransfers: [{ probability: 1, to: "1002", how: ${how}, talk: 20s }] }
  - { name: second, users: ["1002"], voice: true, signIn: 70s, answer: { delay: 5s } }
handling: { voice: { talk: 1m } }
arrivals: [{ queue: "701", at: [1m], name: call }]
expect:
  - { at: 3m, contact: call#1, state: ACTIVE, user: "1002" }
  - { at: 10m, contact: call#1, state: HANDLED }
  - { total: failedInputs, is: 0 }
`)
  expect(result.queues[0]).toMatchObject({ arrived: 1, handled: 1, open: 0 })
  const states = result.agents.map(({ handlings = [] }) =>
    handlings.map(({ spans }) => spans.map(({ state }) => state).join(' ')),
  )
  const joined = how === 'conference' ? ' CONFERENCE' : ''
  expect(states).toEqual([
    ['INITIATED CONSULT', `ALERTING ACTIVE HELD${joined}`],
    ['ALERTING CONSULT', how === 'conference' ? 'CONFERENCE' : 'ACTIVE'],
  ])
})
