/**
 * The aggregate of a campaign: a list of numbers that are called for the free agents of a queue (`dialog 5`).
 *
 * The campaign tells the queue how many agents it wants. When no call waits there for an agent, the queue lends the
 * agent, who is reserved by a call of the campaign. That call has the dialler, and says at its end what became of its
 * contacts.
 */
import { type CampaignFacts, type CampaignNews, isPreview } from '../../../../machines/index.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import { erasedText, withoutValue } from '../../erasure/erase.ts'
import type { CampaignChange, Input, Message } from '../../input.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { Behaviour } from '../behaviour.ts'
import {
  afterCallback,
  afterClassification,
  afterReservation,
  closed,
  contactsFor,
  waiting,
  wantedNow,
} from './contacts.ts'
import {
  type CampaignContact,
  type CampaignSetup,
  type CampaignState,
  emptyCampaign,
  type NewContact,
  NOBODY_WANTED,
  readCampaign,
  writeCampaign,
} from './state.ts'

/** Owner and name of the deadline at which the next contact is called again. */
const DUE = { owner: 'campaign', name: 'CAMPAIGN_DUE' } as const
/** At most this many contacts are shown to inspectors. */
const SHOWN = 20

type From<T extends Message['type']> = Extract<Message, { type: T }>

export class CampaignBehaviour implements Behaviour {
  readonly #state: CampaignState
  #outputs: Output[] = []

  constructor(state?: Json) {
    this.#state = state === undefined ? emptyCampaign() : readCampaign(state)
  }

  /** A campaign that was removed may be made again, with other contacts. */
  readonly finished = false

  /** `undefined` for a campaign that was removed. */
  get setup(): CampaignSetup | undefined {
    return this.#state.setup
  }

  get isRunning(): boolean {
    return this.#state.isRunning
  }

  get isDraining(): boolean {
    return this.#state.isDraining
  }

  /** The number of contacts that were ever added. */
  get contactsEver(): number {
    return this.#state.contactsEver
  }

  /** In the order in which they are called. */
  get contacts(): readonly CampaignContact[] {
    return [...this.#state.contacts.values()]
  }

  get inspected(): Inspectable {
    const { setup, isRunning, contacts, wanted } = this.#state
    return { kind: 'plain', state: { ...setup, isRunning, wanted, contacts: [...contacts.values()].slice(0, SHOWN) } }
  }

  step(input: Input, at: number): readonly Output[] {
    this.#outputs = []
    const before = this.#due
    this.#apply(input, at)
    if (this.#due !== before) this.#outputs.push(this.#timer())
    this.#seek()
    return this.#outputs
  }

  persist(): Json {
    return writeCampaign(this.#state)
  }

  #apply(input: Input, at: number): void {
    switch (input.kind) {
      case 'campaign':
        return this.#change(input.change)
      case 'draining':
        this.#state.isDraining = input.on
        return
      case 'erase':
        return this.#erase(new Set(input.tasks))
      case 'deadline':
        return this.#callAgain(at)
      case 'message':
        return this.#hear(input.body, at)
      default:
        throw new Error(`a campaign takes no ${input.kind}`)
    }
  }

  #hear(body: Message, at: number): void {
    // A campaign that was removed hears of its last calls.
    const { setup } = this.#state
    if (!setup) return
    switch (body.type) {
      case 'agentLent':
        return this.#reserve(body, setup)
      case 'campaignNews':
        return this.#note(body.news, { setup, dialog: body.dialog, at })
      case 'reservationRefused':
        return this.#end({ what: 'ENDS', user: body.user, how: 'REFUSED', results: [] }, body.records, setup, at)
      default:
        throw new Error(`a campaign takes no ${body.type}`)
    }
  }

  #change(change: CampaignChange): void {
    const state = this.#state
    switch (change.type) {
      case 'CREATE':
        state.setup = change.setup
        return
      case 'ADD':
        return this.#add(change.contacts)
      case 'RUN':
        state.isRunning = change.isRunning
        return
      case 'WITHDRAW':
        for (const record of change.records) {
          const contact = state.contacts.get(record)
          if (contact && contact.state !== 'reserved') state.contacts.set(record, closed(contact, 'WITHDRAWN'))
        }
        return
      case 'REMOVE':
        state.isRunning = false
        state.setup = undefined
        state.contacts.clear()
    }
  }

  /** Refused if others were added meanwhile, which have the same ids. */
  #add(contacts: readonly NewContact[]): void {
    const state = this.#state
    if (contacts.some(({ record }) => state.contacts.has(record))) {
      this.#outputs.push({ type: 'reply', refused: 'OUTDATED' })
      return
    }
    state.contactsEver += contacts.length
    for (const contact of contacts) state.contacts.set(contact.record, { ...contact, state: 'waits', attempts: 0 })
  }

  /** The queue has lent an agent. */
  #reserve({ user, extension, wrapUp, loan }: From<'agentLent'>, setup: CampaignSetup): void {
    const state = this.#state
    state.wanted = { ...state.wanted, agents: Math.max(0, state.wanted.agents - 1) }
    const found = state.isRunning && !state.isDraining ? contactsFor(state, user) : []
    if (found.length === 0) return this.#giveBack(user, loan, false)
    state.loans.set(user, loan)
    for (const contact of found) state.contacts.set(contact.record, { ...contact, state: 'reserved' })
    const { id: campaign, mode, isBlended, queue, dialler, previewMs, noAnswerMs } = setup
    const isCallback = found.some((contact) => contact.isCallback)
    // After a direct preview no wrap-up reason can be given (`dialog 12`), so that none is required either.
    const wrapsUp = mode === 'direct-preview' && wrapUp === 'WITH_REASON' ? true : wrapUp
    const facts: CampaignFacts = { campaign, mode, isBlended, isCallback, wrapUp: wrapsUp }
    const contacts = found.map(({ record, number, variables }) => ({ record, number, variables }))
    const [first] = contacts
    const seen = first && isPreview(facts) ? { record: first.record, variables: first.variables } : { variables: [] }
    const event = { user, extension, dialler, queue, facts, ...seen, contacts, previewMs, noAnswerMs }
    this.#send(`queue/${VOICE_MRD}`, { type: 'reserves', event: { type: 'RESERVES', ...event } })
  }

  #note(
    news: CampaignNews,
    { setup, dialog, at }: { readonly setup: CampaignSetup; readonly dialog: string; readonly at: number },
  ): void {
    const { contacts, loans } = this.#state
    switch (news.what) {
      case 'TAKEN': {
        const loan = loans.get(news.user)
        if (loan !== undefined) this.#giveBack(news.user, loan, false)
        return
      }
      case 'ENDS':
        return this.#end(
          news,
          news.results.map(({ record }) => record),
          setup,
          at,
        )
      case 'BEGINS':
      case 'CLASSIFIED':
      case 'CALLBACK': {
        const contact = contacts.get(news.record)
        if (contact) contacts.set(news.record, { ...afterCall(contact, news, setup, at), dialog })
      }
    }
  }

  #end(
    news: Extract<CampaignNews, { what: 'ENDS' }>,
    records: readonly string[],
    setup: CampaignSetup,
    at: number,
  ): void {
    const { contacts, loans } = this.#state
    const loan = loans.get(news.user)
    if (news.how === 'REFUSED' && loan !== undefined) this.#giveBack(news.user, loan, true)
    for (const record of records) {
      const contact = contacts.get(record)
      if (contact?.state !== 'reserved') continue
      const next = afterReservation(contact, news, setup, at)
      // A contact that an agent has rejected comes after the others.
      if (news.how === 'REJECTED') contacts.delete(record)
      contacts.set(record, next)
    }
  }

  /** `isRefused`: the agent was not available. */
  #giveBack(user: string, loan: string, isRefused: boolean): void {
    this.#state.loans.delete(user)
    // First what the campaign wants now, because the queue lends the agent to it again.
    this.#seek()
    this.#send(this.#queue, { type: 'loanOver', user, loan, isRefused })
  }

  #callAgain(at: number): void {
    for (const contact of this.contacts)
      if (contact.state === 'later' && (contact.due ?? at) <= at) {
        const { due: _, ...known } = contact
        this.#state.contacts.set(contact.record, { ...known, state: 'waits' })
      }
  }

  #erase(records: ReadonlySet<string>): void {
    const { contacts } = this.#state
    for (const record of records) {
      const contact = contacts.get(record)
      if (contact) contacts.set(record, erased(contact))
    }
  }

  /** Tells the queue how many agents are wanted, if that has changed. */
  #seek(): void {
    const state = this.#state
    if (!state.setup) return
    const wanted = state.isRunning && !state.isDraining ? wantedNow(state) : NOBODY_WANTED
    if (JSON.stringify(wanted) === JSON.stringify(state.wanted)) return
    state.wanted = wanted
    this.#send(this.#queue, { type: 'seeksAgents', campaign: state.setup.id, ...wanted })
  }

  get #queue(): string {
    return `voice-queue/${this.#state.setup?.queue.number}`
  }

  /** When the next contact is called again. `undefined` if there is none. */
  get #due(): number | undefined {
    const due = this.contacts.flatMap((contact) => (contact.state === 'later' ? (contact.due ?? []) : []))
    return due.length === 0 ? undefined : due.reduce((a, b) => Math.min(a, b))
  }

  #timer(): Output {
    const due = this.#due
    return due === undefined ? { type: 'clear', ...DUE } : { type: 'arm', ...DUE, due }
  }

  #send(to: string, body: Message): void {
    this.#outputs.push({ type: 'send', to, body })
  }

  /** The number of contacts that wait for an agent. */
  get waiting(): number {
    return [...waiting(this.#state)].length
  }
}

type OfCall = Extract<CampaignNews, { what: 'BEGINS' | 'CLASSIFIED' | 'CALLBACK' }>

/** The contact after the news of a call with the customer. */
function afterCall(contact: CampaignContact, news: OfCall, setup: CampaignSetup, at: number): CampaignContact {
  if (news.what === 'CLASSIFIED') return afterClassification(contact, news.classification, setup, at)
  return news.what === 'CALLBACK' ? afterCallback(contact, news.callback) : contact
}

const erased = (contact: CampaignContact): CampaignContact => ({
  ...contact,
  number: erasedText(contact.number),
  variables: contact.variables.map(withoutValue),
})
