/**
 * What a queue knows of its agents, and who of them comes first: more free slots first, then longest available
 * (`media.md` 4.5). A binary heap; entries that no longer hold are passed over when they come up.
 */
import type { AgentClaim } from './state.ts'

interface Entry {
  readonly id: string
  readonly claim: AgentClaim
}

const freeSlots = (agent: AgentClaim): number => agent.freeSlots - agent.pending.length

/** Could this agent take one more task now, offers under way included? */
export const isFree = (agent: AgentClaim): boolean => agent.eligible && freeSlots(agent) > 0

/** The id decides between equals, so that the same state always gives the same agent. */
function isPreferred(a: Entry, b: Entry): boolean {
  const order = freeSlots(b.claim) - freeSlots(a.claim) || a.claim.since - b.claim.since
  return order < 0 || (order === 0 && a.id < b.id)
}

export class Agents implements Iterable<readonly [string, AgentClaim]> {
  readonly #claims = new Map<string, AgentClaim>()
  #heap: Entry[] = []

  constructor(claims: Iterable<readonly [string, AgentClaim]> = []) {
    for (const [id, claim] of claims) this.set(id, claim)
  }

  get(id: string): AgentClaim | undefined {
    return this.#claims.get(id)
  }

  /** Claims are replaced, never changed in place. */
  set(id: string, claim: AgentClaim): void {
    this.#claims.set(id, claim)
    if (isFree(claim)) this.#push({ id, claim })
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#claims.size) this.#rebuild()
  }

  /** In the order in which they were first heard of. */
  [Symbol.iterator](): Iterator<readonly [string, AgentClaim]> {
    return this.#claims.entries()
  }

  /** The free agent who comes first; `undefined` when nobody is free. */
  get preferred(): string | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#claims.get(top.id) === top.claim) return top.id
      this.#pop()
    }
    return undefined
  }

  #rebuild(): void {
    this.#heap = []
    for (const [id, claim] of this.#claims) if (isFree(claim)) this.#push({ id, claim })
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !isPreferred(entry, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (heap.length === 0 || !last) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [a, b] = [heap[left], heap[left + 1]]
      const child = a && b && isPreferred(b, a) ? left + 1 : left
      const first = heap[child]
      if (!first || !isPreferred(first, last)) break
      heap[at] = first
      at = child
    }
    heap[at] = last
  }
}
