/** The expected values of calls: the states of their legs, and the times of the last changes. */

import { expectedCall, type LegFacts, type QueueFacts } from '../expected/call.ts'
import type { Variables } from '../expected/call-variables.ts'
import type { Tree } from '../tree.ts'
import type { Leg } from './line.ts'

export interface CallOrigin {
  readonly from: string
  readonly to: string
  readonly variables: Variables
  /** Its queue, of which `to` is a number; absent for a call to an extension. */
  readonly queue?: QueueFacts | undefined
}

/** What an agent changes of the data of a call. */
export interface CallData {
  readonly variables?: Variables
  readonly wrapUpReason?: string
}

/** A call that an agent makes. */
export interface CallAttempt {
  readonly from: string
  readonly to: string
  readonly variables: Variables
  /** The type once the number is dialled (`dialog 1.3`). */
  readonly callType: string
}

interface CallStory extends CallOrigin {
  readonly wrapUpReason?: string
  /** Present for a call that an agent makes. */
  readonly attempt?: CallAttempt
  /** The extension at which it rings, or rang last. */
  agent: string
  readonly legs: Map<string, LegStory>
  /** All that each leg has been, so that a second agent may hear later of what a first one has heard. */
  readonly past: Map<string, readonly LegStory[]>
  /** Addresses of the parties that the last notification showed, in its order. */
  shown: readonly string[]
}

interface LegStory {
  readonly state: string
  readonly cause?: string
  readonly startedAt: number
  readonly changedAt: number
}

export class CallStories {
  readonly #all = new Map<string, CallStory>()
  /** The calls that agents have asked for and that were not told yet, by the extension. */
  readonly #attempts = new Map<string, CallAttempt>()
  readonly #isAgent: (address: string) => boolean

  /** `isAgent`: does the address belong to an agent? */
  constructor(isAgent: (address: string) => boolean) {
    this.#isAgent = isAgent
  }

  /** An agent has asked for a call. */
  tries(attempt: CallAttempt): void {
    this.#attempts.set(attempt.from, attempt)
  }

  begins(call: string, origin: CallOrigin, at: number): void {
    const caller = { state: 'INITIATED', startedAt: at, changedAt: at }
    // The leg of a caller begins in the queue, before anybody is told.
    const legs = new Map(origin.queue ? [[origin.from, caller]] : [])
    this.#all.set(call, { ...origin, agent: origin.to, legs, past: new Map(), shown: [] })
  }

  /** From now on the call has these data. */
  has(call: string, { variables = {}, ...reason }: CallData): void {
    const story = this.#of(call)
    this.#all.set(call, { ...story, variables: { ...story.variables, ...variables }, ...reason })
  }

  /**
   * A notification shows these states of the legs. Each leg that changes gets this time. Talk begins when the leg is
   * connected, and not again after a hold (`dialog 1.2`).
   */
  moves(call: string, legs: readonly Leg[], at: number): void {
    const story = this.#all.get(call) ?? this.#madeBy(legs[0]?.address ?? '', call)
    story.shown = legs.map(({ address }) => address)
    for (const { address, state, cause } of legs) {
      if (address !== story.from) story.agent = address
      const past = story.past.get(address) ?? []
      const known = past.find((leg, place) => leg.state === state && (past[place + 1]?.changedAt ?? at) >= at)
      if (known) story.legs.set(address, known)
      const before = story.legs.get(address)
      if (known || before?.state === state) continue
      const isNew = before === undefined || state === 'ALERTING'
      const startedAt = isNew || (state === 'ACTIVE' && before.state !== 'HELD') ? at : before.startedAt
      const leg = { state, cause, startedAt, changedAt: at }
      story.legs.set(address, leg)
      story.past.set(address, [...past, leg])
    }
  }

  document(root: 'Dialog' | 'dialog', id: string, state: string): Tree {
    const { from, to, variables, wrapUpReason, legs, queue, agent, attempt, shown } = this.#of(id)
    const legOf = (address: string, isAgent: boolean): LegFacts => {
      const leg = legs.get(address) ?? { state: 'no such leg', startedAt: undefined, changedAt: undefined }
      return { address, isAgent, ...leg }
    }
    if (attempt) {
      const isDialled = state !== 'INITIATING'
      const known = { to: isDialled ? to : '', callType: isDialled ? attempt.callType : 'AGENT_INSIDE' }
      const facts = shown.map((address) => legOf(address, this.#isAgent(address)))
      return expectedCall(root, { id, from, variables, wrapUpReason, state, legs: facts, ...known })
    }
    const facts = [agent, from].map((address) => legOf(address, address === agent))
    return expectedCall(root, { id, from, to, variables, wrapUpReason, state, legs: facts, queue })
  }

  /** The call that the agent at this extension has asked for. */
  #madeBy(extension: string, call: string): CallStory {
    const attempt = this.#attempts.get(extension)
    if (!attempt) throw new Error(`nobody at ${extension} has asked for call ${call}`)
    this.#attempts.delete(extension)
    const story: CallStory = { ...attempt, attempt, agent: extension, legs: new Map(), past: new Map(), shown: [] }
    this.#all.set(call, story)
    return story
  }

  #of(call: string): CallStory {
    const story = this.#all.get(call)
    if (!story) throw new Error(`nothing is known of call ${call}`)
    return story
  }
}
