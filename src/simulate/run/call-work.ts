/** The work of an agent on one call: answer, talk, wrap up. */
import type { CallDialogValue } from '../../engine/values.ts'
import type { Member } from '../scenario/model.ts'
import { type Contact, drawnFor, type SimulatedContacts } from './contacts.ts'
import { AGAIN, type World } from './world.ts'

export interface CallTries {
  readonly answers: boolean
  readonly delay: number
  /** Whether the desktop of the agent is connected. */
  readonly isPresent: () => boolean
  /** Called when the agent begins to talk, and when the call is over. */
  readonly takesHands: (on: boolean) => void
  /** The number to which the agent transfers the customer instead of hanging up; absent if the agent does not. */
  readonly transferTo?: string | undefined
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

  end(): void {
    this.#tries.takesHands(false)
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
    const { transferTo } = this.#tries
    if (this.#contact && transferTo !== undefined && !this.#contact.transferred && this.#tries.isPresent())
      return this.#transfer(this.#contact, transferTo)
    if (this.#contact && (this.#callerHangsUp || !this.#tries.isPresent())) return this.#contacts.hangUp(this.#contact)
    this.#act('DROP', () => this.#later(() => this.#hangUp()))
  }

  #transfer(contact: Contact, toAddress: string): void {
    contact.transferred = true
    const { user } = this.#member
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
