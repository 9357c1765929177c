/** The statistics of queues over real REST and XMPP: `GET Queue`, and the notifications of `notifications 8.10`. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { expectObject } from './configuration/stage.ts'
import { type ExpectedNumbers, expectedQueue, expectedUnstaffedQueue } from './expected/queue.ts'
import { expectedUpdate } from './expected/update.ts'
import type { FinesseClient } from './finesse-client.ts'
import { Client } from './sequences/client.ts'
import { type Site, site } from './server.ts'
import { parseTree, printed, type Tree } from './tree.ts'

const SUPPORT = 'Queue/701'
const NODE = `/finesse/api/${SUPPORT}`

let on: Site
const clients: Client[] = []
beforeEach(async () => {
  on = await site()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await on.close()
})

async function connect(user: string): Promise<Client> {
  const client = new Client(user, { restUrl: on.at.rest, domain: 'localhost', xmppPort: on.server.ports.xmpp ?? 0 })
  clients.push(client)
  await client.open()
  await client.appear()
  return client
}

const support = (numbers: ExpectedNumbers) => expectedQueue('701', 'Support Line', numbers)
const showsSupport = async (numbers: ExpectedNumbers) =>
  expectObject(await on.restOnly('1006').get(SUPPORT), support(numbers))

async function signIn(user: string): Promise<FinesseClient> {
  const client = on.restOnly(user)
  await client.putUser(`<state>LOGIN</state><extension>${user}</extension>`)
  return client
}

async function call(queue: string): Promise<string> {
  return String((await on.acd('POST', '/calls', { from: '5550100', queue })).body.id)
}

const update = (data: Tree) => printed(expectedUpdate({ data, event: 'PUT', requestId: '', source: NODE }))

it('shows every state of the agents and the calls that wait', async () => {
  await showsSupport({})
  const [first, second] = [await signIn('1001'), await signIn('1002')]
  await showsSupport({ agentsNotReady: 2, agentsLoggedOn: 2 })
  await first.putUser('<state>READY</state>')
  await showsSupport({ agentsReady: 1, agentsNotReady: 1, agentsLoggedOn: 2 })
  const id = await call('8000')
  // The call rings: it does not wait any more, and the agent is RESERVED.
  await showsSupport({ agentsNotReady: 1, agentsLoggedOn: 2 })
  await first.dialog(id, 'ANSWER', undefined, '<targetMediaAddress>1001</targetMediaAddress>')
  await showsSupport({ agentsNotReady: 1, agentsLoggedOn: 2, agentsTalkingInbound: 1 })
  await on.clock.advance(1500)
  await call('8000')
  const since = '2026-01-05T08:00:01Z'
  const waiting = { callsInQueue: 1, startTimeOfLongestCallInQueue: since }
  await showsSupport({ ...waiting, agentsNotReady: 1, agentsLoggedOn: 2, agentsTalkingInbound: 1 })
  await first.dialog(id, 'HOLD', undefined, '<targetMediaAddress>1001</targetMediaAddress>')
  await showsSupport({ ...waiting, agentsNotReady: 1, agentsLoggedOn: 2 })
  await second.putUser('<state>LOGOUT</state>')
  await showsSupport({ ...waiting, agentsLoggedOn: 1 })
})

it('a queue without agents has -1 everywhere, and no time', async () => {
  const before = on.server.engine.get.directory()
  const queues = (before.queues ?? []).map((queue) => ({ ...queue, agents: [] }))
  await on.server.engine.reload({ ...before, queues })
  expectObject(await on.restOnly('1006').get(SUPPORT), expectedUnstaffedQueue('701', 'Support Line'))
})

it('the queue of an MRD counts the states of its agents in this MRD', async () => {
  const agent = on.restOnly('1001')
  await agent.media(
    '5002',
    '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
  )
  const members = on.server.engine.get.directory().users.filter((user) => user.mediaRoutingDomains.includes('5002'))
  expect(members.length).toBeGreaterThan(1)
  const shows = async (numbers: ExpectedNumbers) =>
    expectObject(await agent.get('Queue/5002'), expectedQueue('5002', 'Chat', { agentsLoggedOn: 1, ...numbers }))
  await shows({ agentsNotReady: 1 })
  await agent.media('5002', '<state>READY</state>')
  await shows({ agentsReady: 1 })
  const submitted = await on.acd('POST', '/tasks', { mrdId: '5002', scriptSelector: 'chat_sales' })
  const dialog = String((await on.acd('GET', `/tasks/${submitted.body.id}`)).body.dialogId)
  await shows({})
  await agent.dialog(dialog, 'ACCEPT')
  await shows({ agentsTalkingInbound: 1 })
  await agent.dialog(dialog, 'START')
  await agent.dialog(dialog, 'WRAP_UP')
  await shows({ agentsWrapUpReady: 1 })
  await on.acd('POST', '/tasks', { mrdId: '5002', scriptSelector: 'chat_sales' })
  await shows({ agentsWrapUpReady: 1, callsInQueue: 1, startTimeOfLongestCallInQueue: '2026-01-05T08:00:00Z' })
})

it('subscribers get a queue every ten seconds, if it has changed, and nobody else gets it', async () => {
  const [subscriber, other] = [await connect('1006'), await connect('1005')]
  expect(await subscriber.subscribe(NODE)).toBe('subscribed')
  const agent = await signIn('1001')
  await on.clock.advance(9_999)
  await subscriber.barrier()
  expect(subscriber.waiting).toEqual([])
  await agent.putUser('<state>READY</state>')
  await on.clock.advance(1)
  const first = await subscriber.next()
  expect(first.node).toBe(NODE)
  expect(printed(parseTree(first.text))).toBe(update(support({ agentsReady: 1, agentsLoggedOn: 1 })))
  // Ten seconds in which the numbers change and change back.
  await agent.putUser('<state>NOT_READY</state>')
  await agent.putUser('<state>READY</state>')
  await on.clock.advance(10_000)
  await call('8000')
  await on.clock.advance(10_000)
  const second = await subscriber.next()
  expect(printed(parseTree(second.text))).toBe(update(support({ agentsLoggedOn: 1 })))
  expect(second.item).not.toBe(first.item)
  await other.barrier()
  expect(other.waiting).toEqual([])
})
