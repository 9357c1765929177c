/**
 * Measures agents and contacts from the notifications of a simulation. An interrupt publishes no dialogs (D12), so the
 * states of these dialogs are read from the engine.
 */
import type { LegState } from '../../../machines/wire.ts'
import type { Engine } from '../../engine/api.ts'
import type { NotificationEvent } from '../../engine/events.ts'
import type { CallDialogValue, MediaValue, TaskDialogValue, UserValue } from '../../engine/values.ts'
import type { AgentResult, Ending } from '../result.ts'
import type { Contact, SimulatedContacts } from '../run/contacts.ts'
import type { Scenario } from '../scenario/model.ts'
import { AgentMeasure } from './agent.ts'

/** By disposition code: why a dialog ended. */
export const ENDING_OF: Readonly<Record<string, Ending>> = {
  CD_NORMAL_END_TASK: 'handled',
  CD_RING_NO_ANSWER: 'ronaTransfers',
  CD_TASK_TRANSFER: 'transfers',
  CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT: 'closedBySignOut',
  CD_AGENT_LOGGED_OUT_DURING_DIALOG: 'closedBySignOut',
  CD_TASK_ABANDONED_WHILE_OFFERED: 'abandoned',
  CD_MAX_DIALOG_LIFETIME_EXCEEDED: 'expired',
}

/** The call of an agent. */
interface Leg {
  readonly contact: Contact | undefined
  /** The agent has made the call, or has it from another one. It is none that was offered. */
  readonly isOwn: boolean
  /** Time of the answer. `endedAt`: time when wrap-up began. */
  answeredAt: number | undefined
  endedAt: number | undefined
}

const stateOf = ({ participants }: CallDialogValue, { user: { id } }: AgentMeasure) =>
  participants.find(({ user }) => user === id)?.state

/** What the call is to the agent: more than the state of the leg. */
function partIn(
  { monitor, campaign, callType, associatedDialog }: CallDialogValue,
  own: LegState,
  user: string,
): string {
  if (monitor) return monitor.agent === user ? 'MONITORED' : 'MONITORS'
  if (own !== 'ACTIVE') return own
  if (callType === 'CONFERENCE') return 'CONFERENCE'
  return callType === 'CONSULT' || (associatedDialog !== undefined && campaign === undefined) ? 'CONSULT' : own
}

const isOther = ({ user: { id } }: AgentMeasure, user: string | undefined): boolean => user !== undefined && user !== id

export class Recorder {
  readonly #engine: Engine
  readonly #contacts: SimulatedContacts
  readonly #start: number
  readonly #agents = new Map<string, AgentMeasure>()
  readonly #legs = new Map<string, Leg>()
  notifications = 0

  constructor(engine: Engine, contacts: SimulatedContacts, scenario: Scenario, lanes: number) {
    this.#engine = engine
    this.#contacts = contacts
    this.#start = scenario.start
    const working = new Set(scenario.members.map(({ user }) => user))
    const users = scenario.directory.users.filter(({ id }) => working.has(id))
    for (const [index, user] of users.entries())
      this.#agents.set(user.id, new AgentMeasure(user, scenario.directory, index < lanes))
  }

  agent(user: string): AgentMeasure | undefined {
    return this.#agents.get(user)
  }

  /** Records a notification. `user`: the user whose node it was published to. */
  note({ value, event, shape }: NotificationEvent, user: string): void {
    this.notifications += 1
    const agent = this.#agents.get(user)
    if (!agent || shape === 'summary') return
    if (value.kind === 'user') this.#noteUser(agent, value)
    else if (value.kind === 'media') this.#noteMedium(agent, value)
    else if (value.kind === 'task') this.#noteTask(agent, value, event)
    else if (value.kind === 'call') this.#noteCall(agent, value, event)
    this.#readInterrupted(agent)
  }

  /** The warm-up is over. */
  begin(): void {
    for (const agent of this.#agents.values()) agent.begin(this.#now)
    for (const leg of this.#legs.values()) if (leg.answeredAt !== undefined) leg.answeredAt = this.#now
  }

  /** `workingMs`: how long an agent has worked on something. */
  results(now: number, workingMs: (user: string) => number): readonly AgentResult[] {
    for (const [key, leg] of this.#legs) this.#closeLeg(key, leg, now)
    return [...this.#agents.values()].map((agent) => agent.finish(now, workingMs(agent.user.id)))
  }

  get #now(): number {
    return this.#engine.now() - this.#start
  }

  #noteUser(agent: AgentMeasure, { state }: UserValue): void {
    agent.enter('voice', state, this.#now)
  }

  #noteMedium(agent: AgentMeasure, { id, status }: MediaValue): void {
    if (!status || !agent.enter(id, status.state, this.#now)) return
    if (status.state !== 'INTERRUPTED') return
    for (const dialog of agent.dialogs.values()) if (dialog.mrd === id) this.#read(agent, dialog.id)
  }

  #noteTask(agent: AgentMeasure, value: TaskDialogValue, event: NotificationEvent['event']): void {
    const { id, mrd, state, dispositionCode } = value
    const contact = this.#contacts.of(value)
    if (event === 'POST' && !agent.dialogs.has(id)) {
      agent.offered(id, mrd, contact?.key ?? '', this.#now)
      if (contact) this.#contacts.offered(contact, id)
    } else if (event === 'DELETE') {
      agent.ended(id, ENDING_OF[dispositionCode] ?? 'lost', dispositionCode, this.#now)
      if (contact) this.#contacts.taskEnded(contact)
    } else {
      agent.changed(id, state, this.#now)
      if (state === 'ACCEPTED' && contact) this.#contacts.accepted(contact)
    }
  }

  #noteCall(agent: AgentMeasure, value: CallDialogValue, event: NotificationEvent['event']): void {
    // A reservation by a campaign is no call yet.
    if (value.campaign?.part === 'preview') return
    this.#drawCall(agent, value, event)
    const key = `${agent.user.id} ${value.id}`
    const leg = this.#legs.get(key)
    if (event === 'POST' && !leg) return this.#callRings(agent, value, key)
    if (!leg) return
    const own = stateOf(value, agent)
    if (own === 'ACTIVE' && leg.answeredAt === undefined) this.#answered(agent, value, leg)
    else if (own !== 'ACTIVE' && own !== 'HELD' && leg.answeredAt !== undefined) leg.endedAt ??= this.#now
    if (event !== 'DELETE') return
    this.#closeLeg(key, leg, this.#now)
    agent.leaves(value.id, this.#now)
    // After a transfer, or in a conference, the customer is with the other agents.
    const isWithOther = value.participants.some(({ user, state }) => isOther(agent, user) && state !== 'DROPPED')
    if (!leg.contact || isWithOther) return
    if (leg.answeredAt !== undefined && value.queue?.outcome === 'WAITING') this.#contacts.backInQueue(leg.contact)
    else this.#callOver(leg.contact, leg)
  }

  #drawCall(agent: AgentMeasure, value: CallDialogValue, event: NotificationEvent['event']): void {
    const own = stateOf(value, agent)
    if (event === 'DELETE') agent.callOver(value.id, this.#now)
    else if (own)
      agent.callIs(value.id, partIn(value, own, agent.user.id), this.#contacts.of(value)?.key ?? '', this.#now)
  }

  #answered(agent: AgentMeasure, value: CallDialogValue, leg: Leg): void {
    leg.answeredAt = this.#now
    if (!leg.isOwn) agent.calls.answered += 1
    agent.takes(value.id, this.#now)
    if (leg.contact) this.#contacts.accepted(leg.contact)
  }

  #callRings(agent: AgentMeasure, value: CallDialogValue, key: string): void {
    const contact = this.#contacts.of(value)
    const own = stateOf(value, agent)
    // A call that comes from another one, by a transfer or a conference, is no offer: the agent has it already.
    const isOwn = own === 'INITIATING' || own === 'INITIATED' || own === 'ACTIVE'
    const leg: Leg = { contact, isOwn, answeredAt: undefined, endedAt: undefined }
    if (!isOwn) agent.calls.offered += 1
    this.#legs.set(key, leg)
    if (contact?.state === 'QUEUED') this.#contacts.offered(contact, value.id)
    if (own === 'ACTIVE') this.#answered(agent, value, leg)
  }

  #callOver(contact: Contact, { answeredAt }: Leg): void {
    if (answeredAt !== undefined) this.#contacts.callEnded(contact, 'HANDLED')
    else if (contact.gaveUp) this.#contacts.callEnded(contact, 'ABANDONED')
    else if (contact.accepted) this.#contacts.callEnded(contact, 'LEFT')
    else if (contact.arrival.queue !== undefined) this.#contacts.backInQueue(contact)
    else if (contact.arrival.group !== undefined) this.#contacts.backInLine(contact)
    else this.#contacts.callEnded(contact, 'LEFT')
  }

  #closeLeg(key: string, { answeredAt, endedAt }: Leg, now: number): void {
    const agent = this.#agents.get(key.slice(0, key.indexOf(' ')))
    this.#legs.delete(key)
    if (!agent || answeredAt === undefined) return
    agent.calls.talkMs += (endedAt ?? now) - answeredAt
    agent.calls.wrapUpMs += now - (endedAt ?? now)
  }

  /**
   * Reads the interrupted dialogs. The end of an interrupt is only published for the medium, and not at all if the
   * agent went NOT_READY meanwhile (I8).
   */
  #readInterrupted(agent: AgentMeasure): void {
    for (const { id, track } of agent.dialogs.values()) if (track.state === 'INTERRUPTED') this.#read(agent, id)
  }

  #read(agent: AgentMeasure, dialog: string): void {
    const value = this.#engine.get.dialog(dialog)
    if (value?.kind !== 'task' || value.state === 'OFFERED') return
    agent.changed(dialog, value.state, this.#now)
  }
}
