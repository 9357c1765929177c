/** The work of an agent on one call: answer, talk, wrap up. */
import type { CallDialogValue } from '../../engine/values.ts'
import type { Member } from '../scenario/model.ts'
import { type CallTransfer, Consulting } from './consulting.ts'
import { type Contact, drawnFor, type SimulatedContacts } from './contacts.ts'
import { AGAIN, type World } from './world.ts'

export interface CallTries {
  readonly answers: boolean
  readonly delay: number
  /** Whether the desktop of the agent is connected. */
  readonly isPresent: () => boolean
  /** Called when the agent begins to talk, and when the call is over. */
  readonly takesHands: (on: boolean) => void
  /** What the agent does with the customer instead of hanging up; absent if the agent hangs up. */
  readonly transfer?: CallTransfer | undefined
}

export class CallWork {
  readonly dialog: string
  readonly #world: World
  readonly #member: Member
  readonly #contacts: SimulatedContacts
  readonly #contact: Contact | undefined
  readonly #extension: string
  readonly #tries: CallTries
  #cancel: (() => void) | undefined
  #answered = false
  /** The agent calls somebody about the customer. */
  #consulting: Consulting | undefined
  /** Duration of the wrap-up in ms. */
  readonly wrapUp: number
  readonly #talk: number
  readonly #callerHangsUp: boolean
  /** The reservation of a campaign, which the agent accepts. */
  readonly #isReservation: boolean

  constructor(
    world: World,
    member: Member,
    contacts: SimulatedContacts,
    value: CallDialogValue,
    extension: string,
    tries: CallTries,
  ) {
    this.#world = world
    this.#member = member
    this.#contacts = contacts
    this.#contact = contacts.of(value)
    this.#extension = extension
    this.#tries = tries
    this.dialog = value.id
    const random = this.#contact?.random ?? world.stream(`call/${value.id}`)
    this.#talk = world.draw(drawnFor(world, this.#contact, member, 'voice', 'talk'), random)
    this.wrapUp = world.draw(drawnFor(world, this.#contact, member, 'voice', 'wrapUp'), random)
    this.#callerHangsUp = random.next() < 0.5
    const own = this.#stateIn(value)
    this.#isReservation = value.campaign?.part === 'preview'
    if (own === 'ALERTING' && tries.answers) this.#cancel = world.after(tries.delay, () => this.#answer())
    // The agent has it from another call, after a transfer or in a conference.
    else this.changed(value)
  }

  changed(value: CallDialogValue): void {
    const own = this.#stateIn(value)
    if (own !== 'ACTIVE' && own !== 'HELD') this.#tries.takesHands(false)
    if (own !== 'ACTIVE' || this.#answered) return
    this.#answered = true
    this.#tries.takesHands(true)
    this.#cancel?.()
    this.#cancel = this.#world.after(this.#talk, () => this.#hangUp())
  }

  #stateIn({ participants }: CallDialogValue): string | undefined {
    return participants.find(({ user }) => user === this.#member.user)?.state
  }

  /** The call that the agent makes about this one. */
  hearConsult(value: CallDialogValue, isOver: boolean): void {
    this.#consulting?.hear(value.id, isOver ? 'DROPPED' : this.#stateIn(value))
  }

  end(): void {
    this.#tries.takesHands(false)
    this.#consulting?.end()
    this.#cancel?.()
    this.#cancel = undefined
  }

  #answer(): void {
    if (!this.#tries.isPresent()) return this.#later(() => this.#answer())
    this.#act(this.#isReservation ? 'ACCEPT' : 'ANSWER', () => this.#later(() => this.#answer()))
  }

  /** A transfer was refused: the agent hangs up instead. */
  refused(): void {
    if (this.#contact?.transferred) this.#later(() => this.#hangUp())
  }

  #hangUp(): void {
    const { transfer } = this.#tries
    if (this.#contact && transfer !== undefined && !this.#contact.transferred && this.#tries.isPresent())
      return this.#transfer(this.#contact, transfer)
    if (this.#contact && (this.#callerHangsUp || !this.#tries.isPresent())) return this.#contacts.hangUp(this.#contact)
    this.#act('DROP', () => this.#later(() => this.#hangUp()))
  }

  #transfer(contact: Contact, transfer: CallTransfer): void {
    contact.transferred = true
    const { user } = this.#member
    const { to: toAddress } = transfer
    if (transfer.how !== 'at-once') {
      const parts = { world: this.#world, contact, user, dialog: this.dialog, extension: this.#extension }
      const leaves = () => this.#act('DROP', () => this.#later(leaves))
      this.#consulting = new Consulting(parts, transfer, { hangsUp: () => this.#hangUp(), leaves })
      return
    }
    const command = { type: 'call.transferTo', user, dialog: this.dialog, toAddress } as const
    this.#world.command({ ...command, targetMediaAddress: this.#extension }, () => this.#later(() => this.#hangUp()))
  }

  #later(run: () => void): void {
    this.#cancel = this.#world.after(AGAIN, run)
  }

  #act(action: 'ANSWER' | 'ACCEPT' | 'DROP', refused: () => void): void {
    const { user } = this.#member
    const command = {
      type: 'call.act',
      user,
      dialog: this.dialog,
      action,
      targetMediaAddress: this.#extension,
    } as const
    this.#world.command(command, refused)
  }
}
