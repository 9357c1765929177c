/** People are not processors: an agent works on one thing at a time, and to come back to work costs something. */
import { expect, it } from 'vitest'
import { type SimulationResult, simulate } from '../../src/simulate/index.ts'
import { scenario } from './scenarios.ts'

const HEAD = 'version: 1\ntitle: T\nduration: 30m\n'

async function run(text: string): Promise<SimulationResult> {
  const result = await simulate(await scenario(`${HEAD}${text}`))
  expect(result.expectations.filter(({ held }) => !held)).toEqual([])
  return result
}

const emailAndChat = (interruptAction: string) => `
agents:
  - name: a
    users: ["1001"]
    media: { "5001": { interruptAction: ${interruptAction} }, "5002": {} }
    accept: { delay: 0s }
arrivals: [{ selector: email_support, at: [0s] }, { selector: chat_sales, at: [1m] }]`

it.each(['ACCEPT', 'IGNORE'])('with %s nobody works on an e-mail and on a chat in the same second', async (action) => {
  const result = await run(`
handling: { "5001": { active: 10m }, "5002": { active: 3m } }
${emailAndChat(action)}
expect:
  - { at: 12m59s, contact: email_support#1, state: ACTIVE }
  - { at: 13m, contact: email_support#1, state: HANDLED }
  - { at: 4m, contact: chat_sales#1, state: HANDLED }
`)
  expect(result.agents[0]?.workingMs).toBe(13 * 60_000)
})

it('with IGNORE the agent continues with the e-mail while the customer of the chat writes', async () => {
  const result = await run(`
handling:
  "5001": { active: 10m }
  "5002": { active: 3m, turns: { agent: 20s, customer: 40s } }
${emailAndChat('IGNORE')}
expect:
  - { at: 4m, contact: chat_sales#1, state: HANDLED }
  - { at: 11m, contact: email_support#1, state: HANDLED }
`)
  expect(result.queues.find(({ mrd }) => mrd === '5002')?.response).toMatchObject({ count: 3, mean: 20_000 })
})

it('a reply waits for the reply in another chat', async () => {
  await run(`
handling: { "5002": { active: 50s, turns: { agent: 20s, customer: 30s } } }
agents: [{ name: a, users: ["1001"], media: { "5002": { maxDialogLimit: 2 } }, accept: { delay: 0s } }]
arrivals: [{ selector: chat_sales, at: [0s, 5s] }]
expect:
  - { at: 50s, contact: chat_sales#1, state: HANDLED }
  - { at: 69s, contact: chat_sales#2, state: ACTIVE }
  - { at: 70s, contact: chat_sales#2, state: HANDLED }
  - { total: responseMean, queue: "5002", is: 27.5s }
`)
})

it('to pick up interrupted work costs resumeSeconds, to take up another task switchSeconds', async () => {
  await run(`
handling:
  "5001": { active: 10m, resumeSeconds: 30 }
  "5002": { active: 3m, switchSeconds: 10 }
${emailAndChat('ACCEPT')}
expect:
  - { at: 4m10s, contact: chat_sales#1, state: HANDLED }
  - { at: 13m39s, contact: email_support#1, state: ACTIVE }
  - { at: 13m40s, contact: email_support#1, state: HANDLED }
`)
})

it('e-mails are written one after the other, and take longer with each further one in hand', async () => {
  await run(`
handling: { "5001": { active: 4m, concurrency: 0.5 } }
agents: [{ name: a, users: ["1001"], media: { "5001": { maxDialogLimit: 2 } }, accept: { delay: 0s } }]
arrivals: [{ selector: email_support, at: [0s, 2m] }]
expect:
  # Two minutes alone, and two more that take three.
  - { at: 5m, contact: email_support#1, state: HANDLED }
  - { at: 9m, contact: email_support#2, state: HANDLED }
`)
})

it('a call and its wrap-up take the hands from a chat', async () => {
  await run(`
directory: { generate: { agents: 1 } }
agents: [{ name: a, voice: true, media: { "5002": {} }, answer: { delay: 0s }, accept: { delay: 0s } }]
handling: { voice: { talk: 2m, wrapUp: 30s }, "5002": { active: 5m } }
arrivals: [{ selector: chat_sales, at: [0s] }, { extension: "1001", at: [1m] }]
expect: [{ at: 7m30s, contact: chat_sales#1, state: HANDLED }]
`)
})

it('the result says what is assumed of people, and where that comes from', async () => {
  const { people } = await run(`
handling: { "5001": { resumeSeconds: { uniform: [5s, 15s] } }, "5002": { turns: { agent: 20s, customer: 40s } } }
${emailAndChat('ACCEPT')}
`)
  expect(people.map(({ about, value, source }) => `${about}: ${value} / ${source.split('.')[0]}`)).toEqual([
    'an agent’s hands: one thing at a time: a call, a turn, or own work, whatever interruptAction says / an assumption',
    'turns, Chat: agent 20s; customer 40s / the scenario',
    'turns, Email: none: all of it is the agent’s own work / an assumption',
    'several tasks in hand, Email, Chat: no loss for further tasks / an assumption',
    'to pick up interrupted work, Email: 5s to 15s / the scenario',
    'to pick up interrupted work, Chat: 0s / an assumption',
    'the length of an interruption: makes no difference: work is picked up as fast after a long one as after a short one / an assumption',
    'to take up another task, Email, Chat: 0s / an assumption',
  ])
})
