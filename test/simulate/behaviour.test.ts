/** What simulated agents and customers do, as seen in the expectations of scenarios. */
import { expect, it } from 'vitest'
import { simulate } from '../../src/simulate/index.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { every } from '../store/rows.ts'
import { scenario } from './scenarios.ts'

const HEAD = 'version: 1\ntitle: T\nduration: 20m\n'

/** Runs a scenario. All its expectations must hold. */
async function run(text: string, options: Parameters<typeof simulate>[1] = {}) {
  const result = await simulate(await scenario(`${HEAD}${text}`), options)
  expect(result.expectations.filter(({ held }) => !held)).toEqual([])
  return result
}

it('a call is answered, talked and wrapped up, and interrupts the e-mail', async () => {
  const result = await run(`
directory: { generate: { agents: 1 } }
agents: [{ name: a, voice: true, media: { "5001": {} }, answer: { delay: 5s }, accept: { delay: 0s } }]
handling: { voice: { talk: 2m, wrapUp: 30s }, "5001": { active: 10m } }
arrivals: [{ selector: email_support, at: [0s] }, { extension: "1001", at: [1m], name: call }]
expect:
  - { at: 61s, user: "1001", state: RESERVED }
  - { at: 2m, user: "1001", state: TALKING }
  - { at: 2m, user: "1001", mrd: "5001", state: INTERRUPTED }
  - { at: 2m, contact: call#1, state: ACTIVE, user: "1001" }
  - { at: 3m10s, user: "1001", state: WORK_READY }
  - { at: 3m35s, user: "1001", state: READY }
  - { at: 4m, contact: call#1, state: HANDLED }
  - { total: talk, is: 2m }
  - { total: callWrapUp, is: 30s }
  # The e-mail is ACTIVE during the wrap-up, but nobody works on it.
  - { total: active, mrd: "5001", is: 10m30s }
`)
  expect(result.agents[0]?.calls).toMatchObject({ offered: 1, answered: 1 })
  expect(result.queues[0]).toMatchObject({ mrd: '1', arrived: 1, handled: 1, wait: { longest: 5000 } })
})

it('callers of a group wait for an agent who is ready, and hang up when their patience ends', async () => {
  await run(`
directory: { generate: { agents: 1 } }
agents: [{ name: a, voice: true, answer: { delay: 0s } }]
handling: { voice: { talk: 5m } }
arrivals:
  - { name: first, group: a, at: [1m] }
  - { name: second, group: a, at: [2m] }
  - { name: third, group: a, at: [2m], patience: 1m }
expect:
  - { at: 2m30s, queue: "1", is: 2 }
  - { at: 3m, contact: third#1, state: ABANDONED }
  - { at: 7m, contact: second#1, state: ACTIVE }
  - { queue: "1", total: handled, is: 2 }
  - { queue: "1", total: abandoned, is: 1 }
  - { queue: "1", total: waitLongest, is: 4m, tolerance: 1s }
`)
})

it('a customer who waits for an agent gives up when the patience ends, a customer with an agent stays', async () => {
  await run(`
agents: [{ name: a, users: ["1001"], media: { "5002": {} }, accept: { delay: 0s } }]
handling: { "5002": { active: 5m } }
arrivals: [{ selector: chat_sales, at: [1m, 2m], patience: 90s }]
expect:
  - { at: 4m, contact: chat_sales#1, state: ACTIVE }
  - { at: 4m, contact: chat_sales#2, state: ABANDONED }
  - { queue: "5002", total: abandoned, is: 1 }
`)
})

it('a transferred chat goes to the queue of the other selector', async () => {
  await run(`
agents:
  - { name: a, users: ["1001"], media: { "5002": {} }, transfers: [{ mrd: "5002", probability: 1, target: email_support }] }
  - { name: b, users: ["1002"], media: { "5001": {} } }
handling: { "5002": { active: 3m }, "5001": { active: 4m } }
arrivals: [{ selector: chat_sales, at: [1m] }]
expect:
  - { at: 3m, contact: chat_sales#1, state: ACTIVE, user: "1001" }
  - { at: 5m, contact: chat_sales#1, state: ACTIVE, user: "1002" }
  - { total: transfers, mrd: "5002", is: 1 }
  - { queue: "5002", total: left, is: 1 }
  - { queue: "5001", total: handled, is: 1 }
`)
})

it('a break begins in each medium when its open work is done, and ends after its duration', async () => {
  await run(`
agents:
  - { name: a, users: ["1001"], voice: true, media: { "5001": {}, "5002": {} }, breaks: [{ at: 2m, for: 5m, reason: "17" }] }
handling: { "5002": { active: 4m } }
arrivals: [{ selector: chat_sales, at: [1m] }, { selector: email_support, at: [3m] }]
expect:
  - { at: 3m, user: "1001", mrd: "5002", state: ACTIVE, routable: false }
  - { at: 3m, user: "1001", mrd: "5001", state: NOT_READY }
  - { at: 3m, user: "1001", state: NOT_READY }
  - { at: 5m10s, user: "1001", mrd: "5002", state: NOT_READY }
  - { at: 10m, contact: email_support#1, state: QUEUED }
  - { at: 10m3s, user: "1001", state: READY }
  - { at: 10m10s, contact: email_support#1, state: ACTIVE }
`)
})

it('an agent who did not accept a task becomes routable again after `backAfterRona`', async () => {
  await run(`
agents: [{ name: a, users: ["1001"], media: { "5002": {} }, accept: { probability: 0 }, backAfterRona: 1m }]
arrivals: [{ selector: chat_sales, at: [1m] }]
expect:
  - { at: 1m31s, user: "1001", mrd: "5002", state: READY, routable: false }
  - { at: 2m31s, user: "1001", mrd: "5002", state: RESERVED, routable: true }
`)
})

it.each([
  ['for any agent after it was resubmitted', '', 'ACTIVE, user: "1002"'],
  ['still for this agent with keepAgent', ', keepAgent: true', 'QUEUED'],
])('a task for one agent is %s (ruling 46)', async (_what, keepAgent, state) => {
  const agents = `
agents:
  - { name: a, users: ["1001"], media: { "5002": {} }, accept: { probability: 0 }, backAfterRona: never }
  - { name: b, users: ["1002"], media: { "5002": {} } }
handling: { "5002": { active: 10m } }
`
  const rest = `expect: [{ at: 2m, contact: chat_sales#1, state: ${state} }]`
  await run(`${agents}arrivals: [{ selector: chat_sales, at: [1m], agent: "1001"${keepAgent} }]\n${rest}\n`)
  await run(
    `${agents}script: [{ do: task, at: 1m, contact: chat_sales#1, selector: chat_sales, agent: "1001"${keepAgent} }]\n${rest}\n`,
  )
})

it('at the end of a shift the agent finishes the open work, then signs out of everything', async () => {
  await run(`
agents: [{ name: a, users: ["1001"], voice: true, media: { "5001": {} }, signOut: 5m }]
handling: { "5001": { active: 8m } }
arrivals: [{ selector: email_support, at: [1m] }]
expect:
  - { at: 6m, user: "1001", mrd: "5001", state: ACTIVE, routable: false }
  - { at: 9m30s, user: "1001", mrd: "5001", state: LOGOUT }
  - { at: 9m30s, user: "1001", state: LOGOUT }
  - { queue: "5001", total: handled, is: 1 }
  - { total: signedIn, is: 9m2s, tolerance: 5s }
`)
})

it('an expectation that does not hold reports its line and what was found', async () => {
  const text = `${HEAD}agents: [{ name: a, users: ["1001"], media: { "5001": {} } }]
expect:
  - { at: 1m, user: "1001", mrd: "5001", state: ACTIVE }
  - { total: offered, mrd: "5001", atLeast: 1 }
`
  const { expectations } = await simulate(await scenario(text))
  expect(expectations).toMatchObject([
    { line: 6, at: 60_000, held: false, text: '1m: user 1001 in MRD 5001 is ACTIVE', found: 'READY, routable' },
    { line: 7, held: false, text: 'offered of MRD 5001 is at least 1', found: '0' },
  ])
})

it('writes the journal into the store of the caller, reports its progress, and every event of each step', async () => {
  const store = memoryStore({ id: 'kept', keep: 'history' })
  const seen: number[] = []
  const steps: string[] = []
  const text = `
agents: [{ name: a, users: ["1001"], media: { "5001": {} } }]
arrivals: [{ selector: email_support, at: [1m] }]
`
  const kept = await run(text, {
    store,
    onProgress: ({ done }) => seen.push(done),
    step: async (at, happened) => void steps.push(...happened.map((line) => `${at} ${line}`)),
  })
  expect(kept.journalHash).toBe((await run(text)).journalHash)
  expect(seen.at(-1)).toBe(20 * 60_000)
  expect(steps).toContain('60000 1001  task 1000_1001_5001 OFFERED  email_support#1')
  expect(await every(store.reopen().history?.all(0) ?? [])).toHaveLength(kept.counts.inputs)
})

it('specialists first, the mail agents after 20 s; the best of the specialists first of all', async () => {
  await run(`
directory: { generate: {} }
media:
  "5002": { policy: most-skilled, skills: { expert: 9 }, overflow: [{ after: 20s, agents: [mail] }] }
agents:
  - { name: mail, count: 1, media: { "5002": {} }, accept: { delay: 0s } }
  - { name: chat, count: 1, media: { "5002": {} }, accept: { delay: 0s } }
  - { name: expert, count: 1, media: { "5002": {} }, accept: { delay: 0s } }
handling: { "5002": { active: 10m } }
arrivals: [{ selector: chat_sales, at: [1m, 2m, 3m] }]
expect:
  - { at: 1m1s, contact: chat_sales#1, user: "1003", state: ACTIVE }
  - { at: 2m1s, contact: chat_sales#2, user: "1002", state: ACTIVE }
  - { at: 3m19s, contact: chat_sales#3, state: QUEUED }
  - { at: 3m21s, contact: chat_sales#3, user: "1001", state: ACTIVE }
`)
})

it('the queues of calls have overflow too', async () => {
  await run(`
directory: { generate: { queues: { "701": 2 } } }
queues: { "701": { overflow: [{ after: 20s, agents: ["1001"] }] } }
agents: [{ name: a, count: 2, voice: true, answer: { delay: 1s } }]
handling: { voice: { talk: 10m } }
arrivals: [{ queue: "701", at: [1m, 2m], name: call }]
expect:
  - { at: 1m5s, contact: call#1, user: "1002", state: ACTIVE }
  - { at: 2m15s, contact: call#2, state: QUEUED }
  - { at: 2m25s, contact: call#2, user: "1001", state: ACTIVE }
`)
})

it('urgent tasks are offered first, equal ones in the order of arrival', async () => {
  await run(`
media: { "5001": { priorities: { email_billing: 1 } } }
agents: [{ name: a, users: ["1001"], media: { "5001": {} }, accept: { delay: 0s } }]
handling: { "5001": { active: 2m } }
arrivals:
  - { selector: email_support, at: [0s, 10s] }
  - { selector: email_billing, at: [20s, 30s] }
expect:
  - { at: 3m, contact: email_billing#1, state: ACTIVE }
  - { at: 5m, contact: email_billing#2, state: ACTIVE }
  - { at: 7m, contact: email_support#2, state: ACTIVE }
`)
})
