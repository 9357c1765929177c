/**
 * The aggregate of a queue of calls. It decides at which agent a call rings next.
 *
 * A call that enters the queue waits at its place until an agent is available for calls. It rings at one agent at a
 * time. If the agent does not take it, it goes back to its place and to the next agent. The call itself knows when it
 * is over: because it was answered, the caller gave up, or nobody answered in time. It tells the queue. The caller may be
 * an agent, and may give the place to another call by a transfer.
 *
 * Agents for whom no call waits are lent to campaigns. Calls of customers come first.
 */
import type { Input, Message } from '../../input.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { Behaviour } from '../behaviour.ts'
import { nextOffer } from '../queue/selection.ts'
import { nextStageDue, rearmed, stagesAt } from '../queue/sharing.ts'
import { placeOf } from '../queue/tasks.ts'
import {
  configure,
  emptyVoiceQueue,
  type QueuedCall,
  readVoiceQueue,
  type VoiceQueueSetup,
  type VoiceQueueState,
  writeVoiceQueue,
} from './state.ts'

/** At most this many calls are shown to inspectors. */
const SHOWN = 20

type From<T extends Message['type']> = Extract<Message, { type: T }>

export class VoiceQueueBehaviour implements Behaviour {
  readonly finished = false
  #state: VoiceQueueState
  #outputs: Output[] = []

  constructor(state?: Json) {
    this.#state = state === undefined ? emptyVoiceQueue() : readVoiceQueue(state)
  }

  get setup(): VoiceQueueSetup {
    return this.#state.setup
  }

  /** False again when a reload brings the queue back. */
  get isRemoved(): boolean {
    return this.#state.isRemoved
  }

  /** Calls that wait or ring, the next one first. */
  get calls(): readonly QueuedCall[] {
    return [...this.#state.calls.values()]
  }

  /** The number of calls that wait or ring. */
  get size(): number {
    return this.#state.calls.size
  }

  /** Numbers of calls, and when the call that has waited longest came (ms since 1970 UTC). */
  get figures(): { readonly waiting: number; readonly ringing: number; readonly oldestQueuedAt: number | null } {
    const waiting = this.calls.filter(isWaiting)
    return {
      waiting: waiting.length,
      ringing: this.#state.calls.size - waiting.length,
      oldestQueuedAt: waiting.length === 0 ? null : waiting.reduce(oldest, Number.POSITIVE_INFINITY),
    }
  }

  get inspected(): Inspectable {
    const { setup, calls, callsEver } = this.#state
    const { waiting, ringing } = this.figures
    const { id, name } = setup
    return {
      kind: 'plain',
      state: { id, name, callsEver, waiting, ringing, calls: [...calls.values()].slice(0, SHOWN) },
    }
  }

  step(input: Input, at: number): readonly Output[] {
    this.#outputs = []
    this.#apply(input, at)
    this.#offer(at)
    this.#lend()
    this.#awaitOverflow(at)
    return this.#outputs
  }

  persist(): Json {
    return writeVoiceQueue(this.#state)
  }

  #apply(input: Input, at: number): void {
    switch (input.kind) {
      case 'configuredVoiceQueue':
        this.#state.isRemoved = false
        return configure(this.#state, input.setup)
      case 'removedQueue':
        return this.#remove()
      case 'deadline':
        this.#state.overflowDue = undefined
        return
      case 'message':
        return this.#hear(input.body, at)
      default:
        throw new Error(`a queue of calls takes no ${input.kind}`)
    }
  }

  #hear(body: Message, at: number): void {
    switch (body.type) {
      case 'callAvailability':
        return this.#noteAvailability(body)
      case 'callWaits':
        return this.#enter(body, at)
      case 'callNotTaken':
        return this.#takeBack(body)
      case 'callLeftQueue':
        return this.#leave(body.call)
      case 'seeksAgents':
        return this.#noteSeeker(body)
      case 'loanOver':
        return this.#endLoan(body)
      default:
        throw new Error(`a queue of calls takes no ${body.type}`)
    }
  }

  /** Messages of agents who are not in the queue any more are ignored. */
  #noteAvailability({ user, version, claim, extension }: From<'callAvailability'>): void {
    if (this.#state.setup.members.some((member) => member.user === user))
      this.#state.agents.note(user, version, { ...claim, extension })
  }

  #enter({ call: id, insteadOf, priority }: From<'callWaits'>, at: number): void {
    const before = insteadOf && this.#state.calls.get(insteadOf.call)
    if (before) return this.#replace(before, id, insteadOf.offeredTo)
    if (this.#state.isRemoved) return this.#close(id)
    this.#state.callsEver += 1
    const place = placeOf(this.#state.callsEver, priority)
    this.#insert({ id, place, queuedAt: at, offeredTo: '' })
  }

  /** The calls are in the order of their places. Without priorities the new one is the last. */
  #insert(call: QueuedCall): void {
    const { calls } = this.#state
    const after = [...calls.values()].filter(({ place }) => place > call.place)
    calls.set(call.id, call)
    for (const each of after) {
      calls.delete(each.id)
      calls.set(each.id, each)
    }
  }

  /**
   * Another call takes the place of `before`. `offeredTo`: the agent at whom it rings. If the queue has just selected
   * another agent, the call does not know of that, and waits.
   */
  #replace(before: QueuedCall, id: string, offeredTo: string): void {
    const { calls, agents, isRemoved } = this.#state
    if (!isWaiting(before)) agents.answered(before.offeredTo, before.id)
    const rings = before.offeredTo === offeredTo ? offeredTo : ''
    if (rings !== '') agents.offered(rings, id)
    const places = [...calls.values()].map((call) => (call === before ? { ...call, id, offeredTo: rings } : call))
    calls.clear()
    for (const call of places) calls.set(call.id, call)
    if (isRemoved && rings === '') this.#close(id)
  }

  /** The agent did not answer, or could not be called: then nothing is offered until the next availability. */
  #takeBack({ call: id, user, isRefused }: From<'callNotTaken'>): void {
    const { calls, agents, isRemoved } = this.#state
    agents.answered(user, id)
    if (isRefused) agents.distrust(user)
    const call = calls.get(id)
    if (call?.offeredTo !== user) return
    if (isRemoved) this.#close(id)
    else calls.set(id, { ...call, offeredTo: '' }) // keeps its place in the map
  }

  #leave(id: string): void {
    const { calls, agents } = this.#state
    const call = calls.get(id)
    if (call && !isWaiting(call)) agents.answered(call.offeredTo, id)
    calls.delete(id)
  }

  /**
   * Calls that wait end. A call that rings may still be answered. If the queue comes back, its agents tell their
   * availability again.
   */
  #remove(): void {
    this.#state.isRemoved = true
    this.#state.agents.keep(new Set())
    for (const call of this.calls) if (isWaiting(call)) this.#close(call.id)
    const { id, name } = this.#state.setup
    const node = `/finesse/api/Queue/${id}`
    const value = { kind: 'queue', id, name } as const
    const notification = { node, event: 'DELETE', source: node, shape: 'item', requestId: '', value } as const
    this.#outputs.push({ type: 'publish', notification })
  }

  #close(id: string): void {
    this.#state.calls.delete(id)
    this.#outputs.push({ type: 'send', to: `call/${id}`, body: { type: 'queueRemoved' } })
  }

  #offer(at: number): void {
    const { agents, calls, setup } = this.#state
    const stage = stagesAt(setup, at)
    for (let next = nextOffer(this.#waiting(), agents, stage); next; next = nextOffer(this.#waiting(), agents, stage)) {
      const { contact: call, agent } = next
      calls.set(call.id, { ...call, offeredTo: agent })
      agents.offered(agent, call.id)
      const extension = agents.get(agent)?.extension ?? ''
      const wrapUp = setup.members.find(({ user }) => user === agent)?.wrapUp ?? false
      const body = { type: 'ringAt', user: agent, extension, wrapUp, ringMs: setup.ringMs } as const
      this.#outputs.push({ type: 'send', to: `call/${call.id}`, body })
    }
  }

  /** The queue looks again when a call has waited long enough for more agents. */
  #awaitOverflow(at: number): void {
    const due = nextStageDue(this.#state.setup, this.#waiting(), at)
    this.#outputs.push(...rearmed(this.#state.overflowDue, due))
    this.#state.overflowDue = due
  }

  #noteSeeker({ campaign, agents, notFor }: From<'seeksAgents'>): void {
    const { seekers } = this.#state
    if (agents === 0) seekers.delete(campaign)
    else seekers.set(campaign, { agents, notFor })
  }

  /** If the agent was not available, nothing is offered until the next availability. */
  #endLoan({ user, loan, isRefused }: From<'loanOver'>): void {
    const { agents } = this.#state
    agents.answered(user, loan)
    if (isRefused) agents.distrust(user)
  }

  /** Agents for whom no call waits are lent to the campaigns, which take turns. */
  #lend(): void {
    const { agents, seekers, setup } = this.#state
    for (let next = this.#nextLoan(); next; next = this.#nextLoan()) {
      const { campaign, agent: user } = next
      const { agents: wanted = 0, notFor = [] } = seekers.get(campaign) ?? {}
      seekers.delete(campaign)
      if (wanted > 1) seekers.set(campaign, { agents: wanted - 1, notFor })
      this.#state.loansEver += 1
      const loan = `${campaign}/${this.#state.loansEver}`
      agents.offered(user, loan)
      const extension = agents.get(user)?.extension ?? ''
      const wrapUp = setup.members.find((member) => member.user === user)?.wrapUp ?? false
      this.#outputs.push({
        type: 'send',
        to: `campaign/${campaign}`,
        body: { type: 'agentLent', user, extension, wrapUp, loan },
      })
    }
  }

  #nextLoan(): { readonly campaign: string; readonly agent: string } | undefined {
    for (const [campaign, { notFor }] of this.#state.seekers) {
      const agent = this.#state.agents.preferredBut(notFor)
      if (agent !== undefined) return { campaign, agent }
    }
    return undefined
  }

  /** The calls that wait. Any agent of the queue may get each of them. */
  *#waiting(): Generator<QueuedCall & { readonly agentId: '' }> {
    for (const call of this.#state.calls.values()) if (isWaiting(call)) yield { ...call, agentId: '' }
  }
}

const oldest = (moment: number, { queuedAt }: QueuedCall): number => Math.min(moment, queuedAt)

const isWaiting = ({ offeredTo }: QueuedCall): boolean => offeredTo === ''
