/** Which agent gets the next contact, by the policy of the queue. */
import { expect, it } from 'vitest'
import { Agents } from '../../src/engine/aggregate/queue/agents.ts'
import { nextOffer, type Policy } from '../../src/engine/aggregate/queue/selection.ts'

const available = (freeSlots: number, since: number) => ({ eligible: true, freeSlots, since })

/** Agents of one queue: `a` has waited longest, `c` has the most free slots, `b` is the first one in the list. */
function agentsBy(policy: Policy): Agents {
  const agents = new Agents(policy)
  agents.arrange(policy, ['b', 'c', 'a'])
  agents.note('a', 1, available(1, 100))
  agents.note('b', 1, available(1, 200))
  agents.note('c', 1, available(2, 300))
  return agents
}

/** The agents who get offers, in this order, until nobody is free. */
function offered(agents: Agents): readonly string[] {
  const order: string[] = []
  for (let agent = agents.preferred; agent !== undefined; agent = agents.preferred) {
    order.push(agent)
    agents.offered(agent, String(order.length))
  }
  return order
}

it.each([
  ['most-free-slots', ['c', 'a', 'b', 'c']],
  ['longest-available', ['a', 'b', 'c', 'c']],
  ['in-order', ['b', 'c', 'c', 'a']],
] as const)('%s', (policy, order) => {
  expect(offered(agentsBy(policy))).toEqual(order)
})

it.each(['most-free-slots', 'longest-available'] as const)('the id decides between equal agents: %s', (policy) => {
  const agents = new Agents(policy)
  for (const id of ['n', 'm', 'o']) agents.note(id, 1, available(1, 100))
  expect(offered(agents)).toEqual(['m', 'n', 'o'])
})

it('an agent who is not in the list comes after those who are', () => {
  const agents = agentsBy('in-order')
  agents.note('0', 1, available(1, 0))
  expect(offered(agents).at(-1)).toBe('0')
})

it('another policy puts agents in order who are there already', () => {
  const agents = agentsBy('longest-available')
  agents.arrange('in-order', ['c', 'b', 'a'])
  expect(agents.preferred).toBe('c')
})

it('an older availability is ignored, and a refusal outdates the last one', () => {
  const agents = new Agents('longest-available')
  agents.note('a', 2, available(1, 100))
  agents.note('a', 1, { eligible: false, freeSlots: 0, since: 0 })
  expect(agents.preferred).toBe('a')
  agents.distrust('a')
  expect(agents.preferred).toBeUndefined()
  agents.note('a', 3, available(1, 100))
  expect(agents.preferred).toBe('a')
})

it('a contact for one agent waits for that agent, and the next ones do not wait for it', () => {
  const agents = new Agents('longest-available')
  const own = { id: 'own', agentId: 'b', queuedAt: 0 }
  const any = { id: 'any', agentId: '', queuedAt: 0 }
  agents.note('a', 1, available(1, 100))
  expect(nextOffer([own], agents)).toBeUndefined()
  expect(nextOffer([own, any], agents)).toEqual({ contact: any, agent: 'a' })
  agents.note('b', 1, available(1, 200))
  expect(nextOffer([own, any], agents)).toEqual({ contact: own, agent: 'b' })
})
