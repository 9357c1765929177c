/** The tasks and calls that an agent has. */
import type { NotificationEvent } from '../../engine/events.ts'
import type { CallDialogValue, TaskDialogValue } from '../../engine/values.ts'
import type { Stream } from '../random.ts'
import type { Member } from '../scenario/model.ts'
import { CallWork } from './call-work.ts'
import type { CallTransfer } from './consulting.ts'
import type { SimulatedContacts } from './contacts.ts'
import { Hands } from './hands.ts'
import { TaskWork } from './task-work.ts'
import type { World } from './world.ts'

export interface WorkParts {
  readonly world: World
  readonly member: Member
  readonly contacts: SimulatedContacts
  readonly extension: string
  /** Decides for contacts without a random stream of their own. */
  readonly moods: Stream
  /** Whether the desktop of the agent is connected. */
  isPresent(): boolean
}

export class WorkInHand {
  readonly #parts: WorkParts
  readonly #accepting: Stream
  readonly #answering: Stream
  readonly #tasks = new Map<string, TaskWork>()
  readonly #calls = new Map<string, CallWork>()
  readonly #hands: Hands
  #wrapUp = 0

  constructor(parts: WorkParts) {
    this.#parts = parts
    const { world, member } = parts
    this.#hands = new Hands(world)
    this.#accepting = world.stream(`agent/${member.user}/accept`)
    this.#answering = world.stream(`agent/${member.user}/answer`)
  }

  get hasCalls(): boolean {
    return this.#calls.size > 0
  }

  /** Duration of the wrap-up of the last call, in ms. */
  get wrapUp(): number {
    return this.#wrapUp
  }

  /** How long the agent has worked on something until now, in ms. */
  get workingMs(): number {
    return this.#hands.busyMs
  }

  /** The wrap-up of calls begins or ends. It takes the hands. */
  wrapsUp(on: boolean): void {
    this.#hands.call('wrap-up', on)
  }

  hasTasks(mrd: string): boolean {
    return [...this.#tasks.values()].some((task) => task.mrd === mrd)
  }

  /** Whether a task may not be interrupted, so that the agent gets no call. */
  get isUninterruptible(): boolean {
    for (const { mrd } of this.#tasks.values()) if (!this.#parts.world.isInterruptible(mrd)) return true
    return false
  }

  /** Continues the work on each task whose MRD allows it, and stops the others. */
  goOn(may: (mrd: string) => boolean): void {
    for (const task of this.#tasks.values()) task.goOn(may(task.mrd))
  }

  /** The action on a dialog was refused. */
  refused(dialog: string): void {
    this.#tasks.get(dialog)?.refused()
    this.#calls.get(dialog)?.refused()
  }

  hearTask(value: TaskDialogValue, event: NotificationEvent['event']): void {
    const task = this.#tasks.get(value.id)
    // A known dialog is published again when the ACD link returns.
    if (event === 'POST' && !task) return void this.#tasks.set(value.id, this.#takeUp(value))
    if (event === 'DELETE') {
      task?.end()
      this.#tasks.delete(value.id)
    } else task?.changed(value.state)
    this.#hands.paceChanged()
  }

  hearCall(value: CallDialogValue, event: NotificationEvent['event']): void {
    const about = value.associatedDialog === undefined ? undefined : this.#calls.get(value.associatedDialog)
    if (about && value.campaign === undefined) return about.hearConsult(value, event === 'DELETE')
    const call = this.#calls.get(value.id)
    if (event === 'POST' && !call) {
      const rings = this.#ring(value)
      this.#calls.set(value.id, rings)
      this.#wrapUp = rings.wrapUp
      return
    }
    if (event === 'DELETE') {
      call?.end()
      this.#calls.delete(value.id)
    } else call?.changed(value)
  }

  #takeUp(value: TaskDialogValue): TaskWork {
    const { world, member, contacts, moods } = this.#parts
    const { accept, transfers } = member.group
    const accepts = this.#accepting.next() < accept.probability
    const delay = world.draw(accept.delay, this.#accepting)
    const contact = contacts.of(value)
    const luck = contact?.random ?? moods
    const transfer = transfers.find(({ mrd, probability }) => mrd === value.mrd && luck.next() < probability)
    const tries = { accepts, delay, transferTo: transfer?.target }
    const inHand = () => {
      let begun = 0
      for (const task of this.#tasks.values()) if (task.isBegun) begun += 1
      return begun
    }
    return new TaskWork({ world, member, contacts, contact, hands: this.#hands, inHand }, value, tries)
  }

  /** Decides with the luck of the customer, so that other customers are as they are without transfers. */
  #transferOf(value: CallDialogValue): CallTransfer | undefined {
    const { member, contacts } = this.#parts
    const { callTransfers } = member.group
    const contact = contacts.of(value)
    if (callTransfers.length === 0 || !contact || contact.transferred) return undefined
    return callTransfers.find(({ probability }) => contact.random.next() < probability)
  }

  #ring(value: CallDialogValue): CallWork {
    const { world, member, contacts, extension, isPresent } = this.#parts
    const { probability, delay } = member.group.answer
    const answers = this.#answering.next() < probability
    const takesHands = (on: boolean) => this.#hands.call(value.id, on)
    const transfer = this.#transferOf(value)
    const tries = { answers, delay: world.draw(delay, this.#answering), isPresent, takesHands, transfer }
    return new CallWork(world, member, contacts, value, extension, tries)
  }
}
