/** Campaigns, and transfers of calls by simulated agents, in scenarios. */
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

it('an agent accepts previews, and talks with the customers one after the other', async () => {
  const result = await run(`
agents: [{ name: a, users: ["1001"], voice: true, answer: { delay: 5s } }]
handling: { voice: { talk: 1m } }
campaigns: [{ id: spring, mode: preview, queue: "701", contacts: 3, at: 1m, ring: 10s }]
expect:
  - { at: 61s, user: "1001", state: RESERVED_OUTBOUND_PREVIEW }
  - { at: 70s, user: "1001", state: RESERVED_OUTBOUND_PREVIEW }
  - { at: 76s, user: "1001", state: TALKING }
  - { at: 2m14s, user: "1001", state: TALKING }
  - { at: 2m16s, user: "1001", state: RESERVED_OUTBOUND_PREVIEW }
  - { at: 5m, user: "1001", state: READY }
  - { total: talk, is: 3m }
  - { total: callsOffered, is: 0 }
  - { total: failedInputs, is: 0 }
`)
  expect(result.counts.contacts).toBe(0)
})

it('a dialler calls for agents without a preview; calls of customers come first', async () => {
  await run(`
agents: [{ name: a, users: ["1001"], voice: true, answer: { delay: 5s } }]
handling: { voice: { talk: 1m } }
arrivals: [{ queue: "701", at: [30s, 31s], name: call }]
campaigns: [{ id: spring, mode: progressive, queue: "701", contacts: 2, at: 40s, unanswered: 1, noAnswer: 20s }]
expect:
  - { at: 95s, contact: call#2, state: ALERTING, user: "1001" }
  - { at: 2m41s, user: "1001", state: RESERVED_OUTBOUND }
  - { at: 3m21s, user: "1001", state: READY }
`)
})

it('an agent transfers a customer to a queue, where another one answers', async () => {
  const result = await run(`
agents:
  - { name: first, users: ["1002"], voice: true, answer: { delay: 5s }, callTransfers: [{ probability: 1, to: "8001" }] }
  - { name: second, users: ["1004"], voice: true, answer: { delay: 5s } }
handling: { voice: { talk: 1m } }
arrivals: [{ queue: "701", at: [1m], name: call }]
expect:
  - { at: 70s, contact: call#1, state: ACTIVE, user: "1002" }
  - { at: 2m6s, contact: call#1, state: ALERTING, user: "1004" }
  - { at: 2m11s, contact: call#1, state: ACTIVE, user: "1004" }
  - { at: 3m11s, contact: call#1, state: HANDLED }
  - { total: failedInputs, is: 0 }
`)
  expect(result.queues[0]).toMatchObject({ arrived: 1, handled: 1, open: 0 })
})

it('names what is wrong with a campaign', async () => {
  const campaigns = `
campaigns:
  - { id: a, mode: direct-preview, queue: "799", contacts: 1 }
  - { id: a, mode: preview, queue: "701", contacts: 1 }
`
  expect(await problemsOf(`${HEAD}agents: [{ name: a, users: ["1001"], voice: true }]${campaigns}`)).toEqual([
    expect.stringContaining('CCE has no direct-preview'),
    expect.stringContaining('no queue of calls 799'),
    expect.stringContaining('there is a campaign a already'),
  ])
})
