/**
 * The agents of a queue, and the order in which they get tasks: more free slots first, then longest available
 * (`media 4.5`). The heap may have outdated entries of an agent. They are skipped when they become the first entry.
 */
import type { Availability } from '../../../../machines/index.ts'
import { Heap } from '../../heap.ts'

/** The last availability of an agent, and the offers that the agent has not answered yet. */
export interface AgentClaim extends Availability {
  readonly version: number
  /** Ids of the unanswered offers. */
  readonly pending: readonly string[]
}

interface Entry {
  readonly id: string
  readonly claim: AgentClaim
}

const freeSlots = (agent: AgentClaim): number => agent.freeSlots - agent.pending.length

/** Can this agent take one more task now? Unanswered offers count as taken slots. */
export const isFree = (agent: AgentClaim): boolean => agent.eligible && freeSlots(agent) > 0

/** The id decides between equal agents, so that the same state always gives the same agent. */
function isPreferred(a: Entry, b: Entry): boolean {
  const order = freeSlots(b.claim) - freeSlots(a.claim) || a.claim.since - b.claim.since
  return order < 0 || (order === 0 && a.id < b.id)
}

export class Agents implements Iterable<readonly [string, AgentClaim]> {
  readonly #claims = new Map<string, AgentClaim>()
  readonly #heap = new Heap(isPreferred)

  constructor(claims: Iterable<readonly [string, AgentClaim]> = []) {
    for (const [id, claim] of claims) this.set(id, claim)
  }

  get(id: string): AgentClaim | undefined {
    return this.#claims.get(id)
  }

  /** Claims are replaced, never changed in place. */
  set(id: string, claim: AgentClaim): void {
    this.#claims.set(id, claim)
    if (isFree(claim)) this.#heap.push({ id, claim })
    if (this.#heap.size > 64 && this.#heap.size > 4 * this.#claims.size) this.#rebuild()
  }

  /** In the order in which the agents first reported their availability. */
  [Symbol.iterator](): Iterator<readonly [string, AgentClaim]> {
    return this.#claims.entries()
  }

  /** The free agent who comes first; `undefined` if no agent is free. */
  get preferred(): string | undefined {
    for (let top = this.#heap.first; top; top = this.#heap.first) {
      if (this.#claims.get(top.id) === top.claim) return top.id
      this.#heap.pop()
    }
    return undefined
  }

  #rebuild(): void {
    const free = [...this.#claims].filter(([, claim]) => isFree(claim))
    this.#heap.replace(free.map(([id, claim]) => ({ id, claim })))
  }
}
