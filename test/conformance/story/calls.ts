/** The expected values of outside calls: the states of their legs, and the times of the last changes. */

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

interface CallStory extends CallOrigin {
  readonly wrapUpReason?: string
  /** The extension at which it rings, or rang last. */
  agent: string
  readonly legs: Map<string, { readonly state: string; readonly startedAt: number; readonly changedAt: number }>
}

export class CallStories {
  readonly #all = new Map<string, CallStory>()

  begins(call: string, origin: CallOrigin, at: number): void {
    const caller = { state: 'INITIATED', startedAt: at, changedAt: at }
    // The leg of a caller begins in the queue, before anybody is told.
    const legs = new Map(origin.queue ? [[origin.from, caller]] : [])
    this.#all.set(call, { ...origin, agent: origin.to, legs })
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
    const story = this.#of(call)
    for (const { address, state } of legs) {
      if (address !== story.from) story.agent = address
      const before = story.legs.get(address)
      if (before?.state === state) continue
      const isNew = before === undefined || state === 'ALERTING'
      const startedAt = isNew || (state === 'ACTIVE' && before.state !== 'HELD') ? at : before.startedAt
      story.legs.set(address, { state, startedAt, changedAt: at })
    }
  }

  document(root: 'Dialog' | 'dialog', id: string, state: string): Tree {
    const { from, to, variables, wrapUpReason, legs, queue, agent } = this.#of(id)
    const facts = [agent, from].map((address): LegFacts => {
      const leg = legs.get(address) ?? { state: 'no such leg', startedAt: undefined, changedAt: undefined }
      return { address, isAgent: address === agent, ...leg }
    })
    return expectedCall(root, { id, from, to, variables, wrapUpReason, state, legs: facts, queue })
  }

  #of(call: string): CallStory {
    const story = this.#all.get(call)
    if (!story) throw new Error(`nothing is known of call ${call}`)
    return story
  }
}
