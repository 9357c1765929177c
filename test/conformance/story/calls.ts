/** The expected values of calls: the states of their legs, and the times of the last changes. */

import { expectedCall, type LegFacts, type QueueFacts } from '../expected/call.ts'
import type { Variables } from '../expected/call-variables.ts'
import type { Tree } from '../tree.ts'
import type { Leg } from './line.ts'

/** The type of a call by which a supervisor listens (`dialog 1.3`). */
export const MONITOR_CALL = 'SUPERVISOR_MONITOR'

export interface CallOrigin {
  readonly from: string
  readonly to: string
  readonly variables: Variables
  /** Its queue, of which `to` is a number; absent for a call to an extension. */
  readonly queue?: QueueFacts | undefined
}

/** What an agent changes of the data of a call, or of the call itself by joining it with another one. */
export interface CallData {
  readonly callType?: string
  readonly secondaryId?: string
  readonly variables?: Variables
  readonly wrapUpReason?: string
  /** The server shows the reason as a list too (CCX). */
  readonly hasWrapUpItems?: true
  /** The queue in which the call waits now, by a transfer. */
  readonly queue?: QueueFacts
  /** When and where the customer of a campaign is called back; `undefined` if it was cancelled. */
  readonly callback?: Readonly<Record<string, string>> | undefined
}

/** What a campaign shows in its calls. */
export interface CampaignFacts {
  readonly dialler: string
  readonly queue: QueueFacts
  /** `dialog 5.2`. `reservation` is empty if agents see none. */
  readonly types: { readonly reservation: string; readonly reservationStatus: string; readonly status: string }
  /** `isNext`: the contact of the next reservation. */
  readonly contacts: readonly { readonly number: string; readonly variables: Variables; readonly isNext?: boolean }[]
}

/** A call that an agent makes. */
export interface CallAttempt {
  readonly from: string
  readonly to: string
  readonly variables: Variables
  /** The type once the number is dialled (`dialog 1.3`). */
  readonly callType: string
  /** The call during which it is made. */
  readonly associated?: string
  /** The queue of which `to` is a number. */
  readonly toQueue?: QueueFacts | undefined
}

interface CallStory extends CallOrigin {
  readonly wrapUpReason?: string
  /** The server shows the reason as a list too (CCX). */
  readonly hasWrapUpItems?: true
  /** Present for a call that an agent makes. */
  readonly attempt?: CallAttempt
  readonly callType?: string
  readonly secondaryId?: string
  /** What the call is to a campaign, and its reservation if the agent has seen one. */
  readonly ofCampaign?: 'reservation' | 'customer'
  readonly associated?: string | undefined
  readonly callback?: Readonly<Record<string, string>> | undefined
  /** It came to its queue by a transfer. */
  readonly movedToQueue?: boolean
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
  readonly more?: readonly string[]
  readonly startedAt: number
  /** `undefined` if a failover made it unknown. */
  readonly changedAt: number | undefined
}

/** Only the supervisor may do something (`dialog 3`). */
const monitorActions = (isSupervisor: boolean, state: string): readonly string[] =>
  isSupervisor && state === 'ACTIVE' ? ['DROP', 'BARGE_CALL'] : []

export class CallStories {
  readonly #all = new Map<string, CallStory>()
  /** The calls that agents have asked for and that were not told yet, by the extension. */
  readonly #attempts = new Map<string, CallAttempt>()
  readonly #isAgent: (address: string) => boolean
  readonly #campaigns: CampaignFacts[] = []

  /** `isAgent`: does the address belong to an agent? */
  constructor(isAgent: (address: string) => boolean) {
    this.#isAgent = isAgent
  }

  /** A campaign calls customers from now on. */
  hasCampaign(campaign: CampaignFacts): void {
    this.#campaigns.unshift(campaign)
  }

  /** An agent has asked for a call. */
  tries(attempt: CallAttempt): void {
    this.#attempts.set(attempt.from, attempt)
  }

  /** An agent has asked for a call during this one, whose variables go along. */
  consults(associated: string, addresses: Pick<CallAttempt, 'from' | 'to' | 'toQueue'>): void {
    this.tries({ ...addresses, variables: this.#of(associated).variables, callType: 'CONSULT', associated })
  }

  begins(call: string, origin: CallOrigin, at: number): void {
    const caller = { state: 'INITIATED', cause: '', more: [], startedAt: at, changedAt: at }
    // The leg of a caller begins in the queue, before anybody is told.
    const legs = new Map(origin.queue ? [[origin.from, caller]] : [])
    this.#all.set(call, { ...origin, agent: origin.to, legs, past: new Map(), shown: [origin.to, origin.from] })
  }

  /** From now on the call has these data. */
  has(call: string, { variables = {}, ...reason }: CallData): void {
    const story = this.#of(call)
    const moved = reason.queue && !story.queue ? { movedToQueue: true } : {}
    this.#all.set(call, { ...story, variables: { ...story.variables, ...variables }, ...reason, ...moved })
  }

  /**
   * A notification to this user shows these states of the legs. Each leg that changes gets this time. Talk begins when the leg is
   * connected, and not again after a hold (`dialog 1.2`).
   */
  moves(call: string, told: readonly Leg[], at: number, user: string): void {
    const story = this.#all.get(call) ?? this.#ofCampaign(told, call) ?? this.#madeBy(told[0]?.address ?? '', call)
    const customer = this.#customerFor(story, user)
    const legs = told.map((leg) => (leg.address === customer ? { ...leg, address: story.from } : leg))
    story.shown = legs.map(({ address }) => address)
    for (const { address, state, ...shown } of legs) {
      // The agent to whom a call is transferred is not the one to whom the queue sent it.
      const isChanged = ['TRANSFER', 'OFFERED', 'CONFERENCE'].includes(story.callType ?? '')
      if (address !== story.from && story.secondaryId === undefined && !isChanged) story.agent = address
      const past = story.past.get(address) ?? this.#elsewhere(address, story)
      const known = past.find((leg, place) => leg.state === state && (past[place + 1]?.changedAt ?? at) >= at)
      if (known) story.legs.set(address, { ...known, ...shown })
      const before = story.legs.get(address) ?? past.at(-1)
      if (known || before?.state === state) continue
      const isNew = before === undefined || state === 'ALERTING'
      const startedAt = isNew || (state === 'ACTIVE' && before.state !== 'HELD') ? at : before.startedAt
      const leg = { state, ...shown, startedAt, changedAt: at }
      story.legs.set(address, leg)
      story.past.set(address, [...past, leg])
    }
  }

  /** A failover on CCX: of the calls up to now their types, their BAStatus and the times of changes are unknown. */
  failsOver(): void {
    const unknown = (leg: LegStory): LegStory => ({ ...leg, changedAt: undefined })
    for (const [call, story] of this.#all) {
      const legs = new Map([...story.legs].map(([address, leg]) => [address, unknown(leg)]))
      const past = new Map([...story.past].map(([address, all]) => [address, all.map(unknown)]))
      const variables = 'BAStatus' in story.variables ? { ...story.variables, BAStatus: '' } : story.variables
      this.#all.set(call, { ...story, legs, past, variables, callType: 'NULL' })
    }
  }

  /** The leg comes back to a state at the moment at which it left that. */
  comesBack(call: string, address: string): void {
    const { past } = this.#of(call)
    past.set(address, (past.get(address) ?? []).slice(-1))
  }

  /** The leg as it was in the call that was joined into this one. */
  #elsewhere(address: string, { secondaryId = '' }: CallStory): readonly LegStory[] {
    const past = this.#all.get(secondaryId)?.past.get(address) ?? []
    return past.filter(({ state }) => state !== 'DROPPED')
  }

  /**
   * The number of the customer about whom an agent consults through a queue. The agents of the queue see it in the place
   * of that agent (`dialog 6.4`); `undefined` for other agents and calls.
   */
  #customerFor({ attempt, secondaryId }: CallStory, user: string): string | undefined {
    const { associated, toQueue, from } = attempt ?? {}
    if (!toQueue || associated === undefined || secondaryId !== undefined || user === from) return undefined
    const about = this.#of(associated)
    return about.from === from ? about.to : about.from
  }

  /** A call of an agent to a queue, as another agent sees it. */
  #routed(story: CallStory, user: string) {
    const { attempt, callType, to } = story
    const customer = this.#customerFor(story, user)
    return {
      from: customer ?? story.from,
      callType: callType ?? 'PREROUTE_ACD_IN',
      dnis: attempt?.associated === undefined && callType === undefined ? user : to,
      associated: undefined,
    }
  }

  document(root: 'Dialog' | 'dialog', id: string, state: string, user: string): Tree {
    const story = this.#of(id)
    const { from, to, legs, queue, agent, attempt, shown, ofCampaign, ...data } = story
    const customer = this.#customerFor(story, user)
    const facts = shown.map((address): LegFacts => {
      const leg = legs.get(address) ?? { state: 'no such leg', startedAt: undefined, changedAt: undefined }
      const isAgent = this.#isAgent(address)
      const monitored =
        attempt?.callType === MONITOR_CALL ? { actions: monitorActions(address === from, leg.state) } : {}
      const isReserved = isAgent && ofCampaign === 'reservation'
      return { address: address === from ? (customer ?? from) : address, isAgent, isReserved, ...leg, ...monitored }
    })
    const classification = ofCampaign === 'customer' ? 'VOICE' : ''
    if (ofCampaign)
      return expectedCall(root, { ...data, id, from, to, dnis: to, state, legs: facts, queue, classification })
    const dnis = queue && !data.movedToQueue ? agent : to
    if (!attempt) return expectedCall(root, { ...data, id, from, to, dnis, state, legs: facts, queue })
    const isDialled = state !== 'INITIATING'
    const { associated, callType, toQueue } = attempt
    const isTyped = isDialled || associated !== undefined
    const known = {
      // A consult call that has taken the parties of the other one is no consult call any more.
      associated: data.secondaryId === undefined ? associated : undefined,
      to: isDialled ? to : '',
      callType: data.callType ?? (isTyped ? callType : 'AGENT_INSIDE'),
    }
    const ofQueue = isDialled ? (queue ?? toQueue) : undefined
    const seen = toQueue && user !== from && data.secondaryId === undefined ? this.#routed(story, user) : {}
    const own = { ...data, id, from, dnis: known.to, state, legs: facts, queue: ofQueue, ...known }
    return expectedCall(root, { ...own, ...seen })
  }

  /** The reservation of a campaign, or the call with a customer; `undefined` if the parties are others. */
  #ofCampaign(told: readonly Leg[], call: string): CallStory | undefined {
    const [agent = '', other = ''] = told.map(({ address }) => address)
    for (const { dialler, queue, types, contacts } of this.#campaigns) {
      const common = { agent, legs: new Map(), past: new Map(), shown: [] }
      const isReservation = other === dialler
      const last = [...this.#all].findLast(([, story]) => story.ofCampaign === 'reservation' && story.to === agent)
      const called = isReservation
        ? contacts.find(({ isNext }) => isNext)
        : contacts.find(({ number }) => number === other)
      if (!called) continue
      const variables = { ...called.variables, BAStatus: isReservation ? types.reservationStatus : types.status }
      const reservation = { ofCampaign: 'reservation', from: dialler, to: agent, callType: types.reservation } as const
      const customer = { ofCampaign: 'customer', from: agent, to: other, callType: 'OUTBOUND', queue } as const
      const story: CallStory = isReservation
        ? { ...common, ...reservation, variables }
        : { ...common, ...customer, variables, associated: types.reservation === '' ? undefined : last?.[0] }
      this.#all.set(call, story)
      return story
    }
    return undefined
  }

  /** The call that the agent at this extension has asked for. */
  #madeBy(extension: string, call: string): CallStory {
    const attempt = this.#attempts.get(extension)
    if (!attempt) throw new Error(`nobody at ${extension} has asked for call ${call}`)
    this.#attempts.delete(extension)
    const { callType: _, ...origin } = attempt
    const story: CallStory = { ...origin, attempt, agent: extension, legs: new Map(), past: new Map(), shown: [] }
    this.#all.set(call, story)
    return story
  }

  #of(call: string): CallStory {
    const story = this.#all.get(call)
    if (!story) throw new Error(`nothing is known of call ${call}`)
    return story
  }
}
