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
  /** The agent with the fewest contacts in hand, of all media, then the one who has waited longest. */
  | 'least-occupied'
  /** The agent with the highest skill level in this queue, then the one who has waited longest. */
  | 'most-skilled'
  /** The agent with the lowest skill level, so that the others stay free. Then the one who has waited longest. */
  | 'least-skilled'

/** A free agent, with the facts that policies compare. */
export interface Candidate {
  readonly id: string
  readonly freeSlots: number
  /** Since when the agent has been waiting for work (ms since 1970 UTC). */
  readonly since: number
  /** Place in the queue's list of agents, from 0. */
  readonly place: number
  /** Contacts in hand, of all media; 0 in a queue that does not ask for it. */
  readonly inHand: number
  /** Skill level in this queue, 1 to 10. */
  readonly skill: number
  /** The agent gets contacts after this many stages of the overflow; 0 for one who gets them at once. */
  readonly stage: number
}

type Order = (a: Candidate, b: Candidate) => number

const longestAvailable: Order = (a, b) => a.since - b.since

const ORDERS: Readonly<Record<Policy, Order>> = {
  'most-free-slots': (a, b) => b.freeSlots - a.freeSlots || longestAvailable(a, b),
  'longest-available': longestAvailable,
  'in-order': (a, b) => a.place - b.place,
  'least-occupied': (a, b) => a.inHand - b.inHand || longestAvailable(a, b),
  'most-skilled': (a, b) => b.skill - a.skill || longestAvailable(a, b),
  'least-skilled': (a, b) => a.skill - b.skill || longestAvailable(a, b),
}

/**
 * Is `a` selected before `b`? Agents of an earlier stage come first, whatever the policy says. The id decides between equal agents, so that the same state always gives the same agent.
 */
export function isPreferred(policy: Policy, a: Candidate, b: Candidate): boolean {
  const order = a.stage - b.stage || ORDERS[policy](a, b)
  return order < 0 || (order === 0 && a.id < b.id)
}

/** The agents of a queue, as the selection sees them. */
export interface Choice {
  /** The free agent who comes first; `undefined` if no agent is free. */
  readonly preferred: string | undefined
  /** The stage of the overflow from which on the agent gets contacts. */
  stageOf(agent: string): number
  isFree(agent: string): boolean
}

/** A contact that waits. `agentId`: the only agent who may get it; `''` for any agent. */
export interface Waiting {
  readonly agentId: string
  /** When the wait began (ms since 1970 UTC). */
  readonly queuedAt: number
  /** When it began for the customer, if that was earlier. */
  readonly waitsSince?: number
}

/**
 * The next contact and its agent; `undefined` if no free agent may take a waiting contact.
 *
 * The first free agent is of the earliest stage. So a contact for whose wait that agent is too early gets no other.
 *
 * @param waiting the contacts that wait, the next one first
 * @param stageOf the stage of the overflow that the contact has reached
 */
export function nextOffer<Contact extends Waiting>(
  waiting: Iterable<Contact>,
  agents: Choice,
  stageOf: (contact: Contact) => number = () => 0,
): { readonly contact: Contact; readonly agent: string } | undefined {
  const best = agents.preferred
  if (best === undefined) return undefined
  const stage = agents.stageOf(best)
  for (const contact of waiting) {
    if (contact.agentId === '' && (stage === 0 || stageOf(contact) >= stage)) return { contact, agent: best }
    if (contact.agentId !== '' && agents.isFree(contact.agentId)) return { contact, agent: contact.agentId }
  }
  return undefined
}
