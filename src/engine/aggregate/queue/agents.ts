/**
 * The agents of a queue with their availability, in the order of the queue's policy. The heap may have outdated entries
 * of an agent. They are skipped when they become the first entry.
 */
import type { Availability } from '../../../../machines/index.ts'
import { Heap } from '../../heap.ts'
import { type Candidate, type Choice, isPreferred, type Policy } from './selection.ts'
import { type Sharing, USUAL_SKILL } from './sharing.ts'

/** The last availability of an agent, and the offers that the agent has not answered yet. */
export interface AgentClaim extends Availability {
  /** The extension at which the agent is signed in. Only in a queue of calls. */
  readonly extension?: string
  readonly version: number
  /** Ids of the unanswered offers. */
  readonly pending: readonly string[]
}

interface Entry {
  readonly claim: AgentClaim
  readonly candidate: Candidate
}

const freeSlots = (agent: AgentClaim): number => agent.freeSlots - agent.pending.length

/** Can this agent take one more contact now? Unanswered offers count as taken slots. */
const isFree = (agent: AgentClaim): boolean => agent.eligible && freeSlots(agent) > 0

export class Agents implements Iterable<readonly [string, AgentClaim]>, Choice {
  readonly #claims = new Map<string, AgentClaim>()
  readonly #heap = new Heap<Entry>((a, b) => isPreferred(this.#policy, a.candidate, b.candidate))
  #policy: Policy
  #places: ReadonlyMap<string, number> = new Map()
  #skills: Readonly<Record<string, number>> = {}
  /** Of the agents who do not get contacts at once. */
  #stages: ReadonlyMap<string, number> = new Map()

  /** `policy`: see `arrange`. */
  constructor(policy: Policy, claims: Iterable<readonly [string, AgentClaim]> = []) {
    this.#policy = policy
    for (const [id, claim] of claims) this.set(id, claim)
  }

  /** Sets the policy, what else the queue says of its agents, and the list that the policy `in-order` follows. */
  arrange(policy: Policy, list: readonly string[] = [], { skills = {}, overflow = [] }: Sharing = {}): void {
    this.#policy = policy
    this.#skills = skills
    this.#stages = new Map(overflow.flatMap(({ agents }, at) => agents.map((id) => [id, at + 1] as const)))
    this.#places = new Map(list.map((id, place) => [id, place]))
    this.#rebuild()
  }

  /** Forgets all agents but these. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of [...this.#claims.keys()]) if (!ids.has(id)) this.#claims.delete(id)
  }

  get(id: string): AgentClaim | undefined {
    return this.#claims.get(id)
  }

  /** Claims are replaced, never changed in place. */
  set(id: string, claim: AgentClaim): void {
    this.#claims.set(id, claim)
    if (isFree(claim)) this.#heap.push(this.#entry(id, claim))
    if (this.#heap.size > 64 && this.#heap.size > 4 * this.#claims.size) this.#rebuild()
  }

  /** A new availability of the agent. One with an older version is ignored. */
  note(id: string, version: number, availability: Pick<AgentClaim, keyof Availability | 'extension'>): void {
    const known = this.#claims.get(id)
    if (known && known.version >= version) return
    this.set(id, { ...availability, version, pending: known?.pending ?? [] })
  }

  /** The agent got an offer, which takes a slot until it is answered. */
  offered(id: string, offer: string): void {
    this.#change(id, (claim) => ({ ...claim, pending: [...claim.pending, offer] }))
  }

  /** The offer was accepted or refused. */
  answered(id: string, offer: string): void {
    this.#change(id, (claim) => ({ ...claim, pending: claim.pending.filter((each) => each !== offer) }))
  }

  /**
   * The agent gets no offers until the next availability, because a refusal has shown that the last one is outdated.
   */
  distrust(id: string): void {
    this.#change(id, (claim) => ({ ...claim, eligible: false }))
  }

  /** In the order in which the agents first reported their availability. */
  [Symbol.iterator](): Iterator<readonly [string, AgentClaim]> {
    return this.#claims.entries()
  }

  stageOf(id: string): number {
    return this.#stages.get(id) ?? 0
  }

  isFree(id: string): boolean {
    const claim = this.#claims.get(id)
    return claim !== undefined && isFree(claim)
  }

  get preferred(): string | undefined {
    for (let top = this.#heap.first; top; top = this.#heap.first) {
      const { id } = top.candidate
      if (this.#claims.get(id) === top.claim) return id
      this.#heap.pop()
    }
    return undefined
  }

  /** The free agent who comes first and is none of these; `undefined` if there is none. */
  preferredBut(these: readonly string[]): string | undefined {
    if (these.length === 0) return this.preferred
    const free = [...this.#claims].filter(([id, claim]) => isFree(claim) && !these.includes(id))
    const candidates = free.map(([id, claim]) => this.#entry(id, claim).candidate)
    const [first] = candidates.sort((a, b) => (isPreferred(this.#policy, a, b) ? -1 : 1))
    return first?.id
  }

  #change(id: string, change: (claim: AgentClaim) => AgentClaim): void {
    const claim = this.#claims.get(id)
    if (claim) this.set(id, change(claim))
  }

  #entry(id: string, claim: AgentClaim): Entry {
    const { since, pending, inHand = 0 } = claim
    const candidate = {
      id,
      freeSlots: freeSlots(claim),
      since,
      place: this.#places.get(id) ?? this.#places.size,
      inHand: inHand + pending.length,
      skill: (Object.hasOwn(this.#skills, id) ? this.#skills[id] : undefined) ?? USUAL_SKILL,
      stage: this.stageOf(id),
    }
    return { claim, candidate }
  }

  #rebuild(): void {
    const free = [...this.#claims].filter(([, claim]) => isFree(claim))
    this.#heap.replace(free.map(([id, claim]) => this.#entry(id, claim)))
  }
}
