/**
 * The selection of the next contact and its agent, for the queues of tasks and of calls. A queue has a policy, which
 * puts its free agents in order.
 */

/** The names of the policies. The queues of tasks and of calls have different ones: see `MediaPolicy` and `VoicePolicy`. */
export type Policy =
  /** The agent with the most free slots, then the one who has waited longest (`media 4.5`). */
  | 'most-free-slots'
  /** The agent who has waited longest. */
  | 'longest-available'
  /** The first free agent in the list of the queue. */
  | 'in-order'

/** A free agent, with the facts that policies compare. */
export interface Candidate {
  readonly id: string
  readonly freeSlots: number
  /** Since when the agent has been waiting for work (ms since 1970 UTC). */
  readonly since: number
  /** Place in the queue's list of agents, from 0. */
  readonly place: number
}

type Order = (a: Candidate, b: Candidate) => number

const longestAvailable: Order = (a, b) => a.since - b.since

const ORDERS: Readonly<Record<Policy, Order>> = {
  'most-free-slots': (a, b) => b.freeSlots - a.freeSlots || longestAvailable(a, b),
  'longest-available': longestAvailable,
  'in-order': (a, b) => a.place - b.place,
}

/**
 * Is `a` selected before `b`? The id decides between equal agents, so that the same state always gives the same agent.
 */
export function isPreferred(policy: Policy, a: Candidate, b: Candidate): boolean {
  const order = ORDERS[policy](a, b)
  return order < 0 || (order === 0 && a.id < b.id)
}

/** The agents of a queue, as the selection sees them. */
export interface Choice {
  /** The free agent who comes first; `undefined` if no agent is free. */
  readonly preferred: string | undefined
  isFree(agent: string): boolean
}

/** A contact that waits. `agentId`: the only agent who may get it; `''` for any agent. */
export interface Waiting {
  readonly agentId: string
}

/**
 * The next contact and its agent; `undefined` if no free agent may take a waiting contact.
 *
 * @param waiting the contacts that wait, the next one first
 */
export function nextOffer<Contact extends Waiting>(
  waiting: Iterable<Contact>,
  agents: Choice,
): { readonly contact: Contact; readonly agent: string } | undefined {
  const best = agents.preferred
  if (best === undefined) return undefined
  for (const contact of waiting) {
    if (contact.agentId === '') return { contact, agent: best }
    if (agents.isFree(contact.agentId)) return { contact, agent: contact.agentId }
  }
  return undefined
}
