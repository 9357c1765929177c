/** The simulated customers: what they want, how long they wait, and how their contacts end. */
import { VOICE_MRD } from '../../directory/model.ts'
import { mrdOfTask } from '../../engine/aggregate/queue/tasks.ts'
import type { Variable } from '../../engine/values.ts'
import type { OpenContact, QueueMeasure } from '../measure/queues.ts'
import type { Stream } from '../random.ts'
import type { ArrivalStream, Member } from '../scenario/model.ts'
import type { Drawn, HandlingTimes } from '../scenario/schema.ts'
import type { World } from './world.ts'

/** Name of the call variable that holds the key of the contact, on each of its tasks and calls. */
export const MARK = 'user.contact'

export type ContactState = 'QUEUED' | 'OFFERED' | 'IN_HAND' | 'HANDLED' | 'ABANDONED' | 'EXPIRED' | 'LOST' | 'LEFT'

export interface Contact {
  /** For example `email_support#12`. */
  readonly key: string
  readonly arrival: ArrivalStream
  /** Random stream of this customer. */
  readonly random: Stream
  /** MRD of its current or last queue. */
  mrd: string
  /** Id of its task or call at the ACD. */
  id: string
  /** Id of its current or last dialog. */
  dialog: string
  state: ContactState
  /** Time of arrival in this queue, in milliseconds since the start. */
  arrivedAt: number
  /** Whether it was already accepted in this queue. Its wait is counted only once. */
  accepted: boolean
  /** Whether the customer has given up. */
  gaveUp: boolean
  /** Whether an agent has transferred the call of the customer to a number, or has tried to. */
  transferred: boolean
  /** Whether an agent calls somebody about the customer now. That call has the customer's variables too. */
  talkedAbout?: boolean
}

export class SimulatedContacts {
  readonly #world: World
  readonly #queues: QueueMeasure
  readonly #open = new Map<string, Contact>()
  /** Keys of contacts that an expectation names. They are kept after their end. */
  readonly #kept: ReadonlySet<string>
  readonly #past = new Map<string, Contact>()
  /** Contacts whose calls are in queues of the engine, or were. */
  readonly #inQueues = new Set<Contact>()
  /** Called for every call that waits for an agent of a group. */
  callArrived: (contact: Contact) => void = () => undefined
  arrived = 0

  constructor(world: World, queues: QueueMeasure) {
    this.#world = world
    this.#queues = queues
    const asked = world.scenario.expect.map(({ subject }) => subject)
    this.#kept = new Set(asked.flatMap((subject) => (subject.kind === 'contact' ? [subject.contact] : [])))
  }

  /** Ids of the calls that agents make, by the names that the script gives them. */
  readonly madeCalls = new Map<string, string>()

  /** The id of a call with this name: of a customer, or one that an agent makes. */
  callNamed(key: string): string | undefined {
    return this.madeCalls.get(key) ?? this.find(key)?.id
  }

  /** The contact with this key. An ended contact is found only if an expectation names it. */
  find(key: string): Contact | undefined {
    return this.#open.get(key) ?? this.#past.get(key)
  }

  /** Contacts that are open. */
  open(): readonly OpenContact[] {
    return [...this.#open.values()].map((contact) => ({ contact, after: this.#world.now - contact.arrivedAt }))
  }

  /** The contact of a dialog. A call during another one has its variables, and no customer. */
  of(dialog: {
    readonly id: string
    readonly variables: readonly Variable[]
    readonly associatedDialog?: string
  }): Contact | undefined {
    const { variables } = dialog
    if (dialog.associatedDialog !== undefined && !('mrd' in dialog)) return undefined
    const mark = variables.find(({ name }) => name === MARK)
    const contact = mark && this.#open.get(mark.value)
    return contact?.talkedAbout && contact.id !== dialog.id ? undefined : contact
  }

  /** A customer arrives. */
  arrive(arrival: ArrivalStream, number: number): void {
    const key = `${arrival.key}#${number}`
    const { selector } = arrival
    const random = this.#world.stream(`contact/${key}`)
    const mrd = selector === undefined ? VOICE_MRD : mrdOf(this.#world, selector)
    const facts = {
      id: '',
      dialog: '',
      state: 'QUEUED',
      arrivedAt: this.#world.now,
      accepted: false,
      gaveUp: false,
      transferred: false,
    } as const
    const contact: Contact = { key, arrival, random, mrd, ...facts }
    this.#open.set(key, contact)
    this.arrived += 1
    this.#queues.arrived(contact)
    const patience = arrival.patience && this.#world.draw(arrival.patience, random)
    if (patience !== undefined) this.#world.after(patience, () => this.giveUp(contact))
    if (selector !== undefined) this.#submit(contact, selector)
    else if (arrival.extension !== undefined) this.ring(contact, arrival.extension)
    else if (arrival.queue !== undefined) this.#enter(contact, arrival.queue)
    else this.callArrived(contact)
  }

  /** Submits a call to an extension. */
  ring(contact: Contact, extension: string): void {
    this.#submitCall(contact, { to: extension })
  }

  /** Submits a call to a queue of the engine. It may end without having rung at an agent. */
  #enter(contact: Contact, queue: string): void {
    this.#inQueues.add(contact)
    this.#submitCall(contact, { queue })
  }

  /** Ends the contacts whose calls have left their queues unanswered. To be called after every commit. */
  lookAtQueues(): void {
    for (const contact of this.#inQueues) {
      if (contact.state !== 'QUEUED' || contact.id === '') continue
      const { outcome } = this.#world.acd.call(contact.id)?.queue ?? {}
      if (outcome === 'ABANDONED') this.#end(contact, 'ABANDONED')
      else if (outcome === 'TIMED_OUT' || outcome === 'QUEUE_REMOVED') this.#end(contact, 'LEFT')
    }
  }

  #submitCall(contact: Contact, where: { readonly to: string } | { readonly queue: string }): void {
    const call = { from: contact.arrival.caller, ...where, variables: variablesOf(contact) }
    this.#world.clock.track(
      this.#world.acd.submitCall(call).then(({ id, state }) => {
        contact.id = id
        if (state === 'FAILED' && contact.state === 'QUEUED') this.#end(contact, 'LEFT')
      }),
    )
  }

  offered(contact: Contact, dialog: string): void {
    contact.dialog = dialog
    this.#queues.leavesLine(contact)
    contact.state = 'OFFERED'
  }

  accepted(contact: Contact): void {
    if (!contact.accepted) this.#queues.accepted(contact, this.#world.now - contact.arrivedAt)
    contact.accepted = true
    contact.state = 'IN_HAND'
  }

  /** The agent has replied to the customer of a chat, `wait` ms after the customer's message. */
  responded(mrd: string, wait: number): void {
    this.#queues.responded(mrd, wait)
  }

  /** The dialog of a task has ended. The state of the task at the ACD decides how the contact continues. */
  taskEnded(contact: Contact): void {
    const task = this.#world.acd.task(contact.id)
    if (task?.state === 'resubmitted' && task.resubmittedAs !== undefined)
      return this.#requeued(contact, task.resubmittedAs)
    if (task?.state === 'handled') return this.#end(contact, 'HANDLED')
    if (task?.state === 'abandoned') return this.#end(contact, 'ABANDONED')
    this.#end(contact, task?.state === 'expired' ? 'EXPIRED' : 'LOST')
  }

  /** The call of the contact has ended. */
  callEnded(contact: Contact, end: 'HANDLED' | 'ABANDONED' | 'LEFT'): void {
    this.#end(contact, end)
  }

  /** The agent did not answer, and the call waits again in the line of its group. */
  backInLine(contact: Contact): void {
    contact.state = 'QUEUED'
    contact.id = ''
    this.#queues.joinsLine(contact)
    this.callArrived(contact)
  }

  /**
   * The agent did not answer, and the call is back in its queue, if that still has it; or the agent has transferred it to
   * a queue.
   */
  backInQueue(contact: Contact): void {
    contact.state = 'QUEUED'
    this.#inQueues.add(contact)
    this.#queues.joinsLine(contact)
  }

  /** The caller hangs up, before or after the answer. */
  hangUp(contact: Contact): void {
    this.#world.clock.track(this.#world.unlessRefused(this.#world.acd.hangUp(contact.id)))
  }

  #submit(contact: Contact, scriptSelector: string): void {
    const { agent: agentId, keepAgent } = contact.arrival
    const variables = variablesOf(contact)
    const submission = { mrd: contact.mrd, scriptSelector, variables, agentId, keepAgent }
    this.#world.clock.track(
      this.#world.unlessRefused(this.#world.acd.submitTask(submission)).then((task) => {
        if (task) contact.id = task.id
        else this.#end(contact, 'LOST')
      }),
    )
  }

  /** A new task replaces the old one. The customer is the same, the queue may be another one. */
  #requeued(contact: Contact, task: string): void {
    const mrd = mrdOfTask(task)
    contact.id = task
    contact.state = 'QUEUED'
    if (mrd === contact.mrd) return this.#queues.joinsLine(contact)
    this.#queues.ended(contact, 'LEFT', this.#world.now - contact.arrivedAt)
    contact.mrd = mrd
    contact.arrivedAt = this.#world.now
    contact.accepted = false
    this.#queues.arrived(contact)
  }

  /** The customer gives up, unless an agent has accepted. */
  giveUp(contact: Contact): void {
    if (contact.state !== 'QUEUED' && contact.state !== 'OFFERED') return
    contact.gaveUp = true
    if (contact.mrd === VOICE_MRD) {
      if (contact.id === '') return this.#end(contact, 'ABANDONED')
      return this.hangUp(contact)
    }
    this.#world.clock.track(
      this.#world.unlessRefused(this.#world.acd.abandonTask(contact.id)).then((task) => {
        // If the task is offered, its dialog ends and `taskEnded` is called.
        if (task?.state === 'abandoned' && contact.state === 'QUEUED') this.#end(contact, 'ABANDONED')
      }),
    )
  }

  #end(contact: Contact, state: 'HANDLED' | 'ABANDONED' | 'EXPIRED' | 'LOST' | 'LEFT'): void {
    if (contact.state === 'QUEUED') this.#queues.leavesLine(contact)
    contact.state = state
    this.#queues.ended(contact, state, this.#world.now - contact.arrivedAt)
    this.#open.delete(contact.key)
    this.#inQueues.delete(contact)
    if (this.#kept.has(contact.key)) this.#past.set(contact.key, contact)
  }
}

const variablesOf = ({ key, arrival }: Contact): readonly Variable[] => [
  ...Object.entries(arrival.variables).map(([name, value]) => ({ name, value })),
  { name: MARK, value: key },
]

function mrdOf({ scenario }: World, selector: string): string {
  const found = scenario.directory.mediaRoutingDomains.find(({ scriptSelectors }) => scriptSelectors.includes(selector))
  if (!found) throw new RangeError(`no script selector ${selector}`)
  return found.id
}

/** Default duration of `active` and `talk`: three minutes. */
const USUAL: Drawn = { constant: 180_000, min: 0, max: 180_000 }

/**
 * How a part of the work on a contact is done. It is taken from the arrival, or else from the agent's group, or else from
 * the scenario; `undefined` if none of them says so.
 */
export function partFor<Part extends keyof HandlingTimes>(
  world: World,
  contact: Contact | undefined,
  { group }: Member,
  subject: string,
  part: Part,
): HandlingTimes[Part] {
  const { handling } = world.scenario
  return contact?.arrival.handling[part] ?? group.handling[subject]?.[part] ?? handling[subject]?.[part]
}

/** The duration of a part of the work. `active` and `talk` have a default. */
export function drawnFor(
  world: World,
  contact: Contact | undefined,
  member: Member,
  subject: string,
  part: 'start' | 'active' | 'wrapUp' | 'talk',
): Drawn | undefined {
  const usual = part === 'active' || part === 'talk' ? USUAL : undefined
  return partFor(world, contact, member, subject, part) ?? usual
}
