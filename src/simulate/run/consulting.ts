/** An agent calls somebody about a customer, and then transfers the customer there or makes a conference. */
import type { Member } from '../scenario/model.ts'
import type { Contact } from './contacts.ts'
import { AGAIN, type World } from './world.ts'

/** How an agent passes a customer on, and to which number. */
export type CallTransfer = Member['group']['callTransfers'][number]

/** The agent does not wait longer for an answer, in ms. */
const PATIENCE = 60_000

interface Parts {
  readonly world: World
  readonly contact: Contact
  readonly user: string
  /** The call of the customer. */
  readonly dialog: string
  readonly extension: string
}

/** What the agent does afterwards. */
interface Then {
  /** The agent talks with the customer alone again. */
  readonly hangsUp: () => void
  /** The others go on without the agent. */
  readonly leaves: () => void
}

export class Consulting {
  readonly #parts: Parts
  readonly #transfer: CallTransfer
  readonly #then: Then
  #cancel: (() => void) | undefined
  #consult = ''
  #isAnswered = false
  #isJoined = false

  constructor(parts: Parts, transfer: CallTransfer, then: Then) {
    this.#parts = parts
    this.#transfer = transfer
    this.#then = then
    const { world, contact, user, dialog, extension } = parts
    contact.talkedAbout = true
    const command = {
      type: 'call.consult',
      user,
      dialog,
      toAddress: transfer.to,
      targetMediaAddress: extension,
    } as const
    world.command(command, () => this.#giveUp())
    this.#after(PATIENCE, () => this.#act('DROP'))
  }

  /** What the agent's leg of the call about the customer is now. */
  hear(consult: string, own: string | undefined): void {
    this.#consult = consult
    if (own === 'ACTIVE' && !this.#isAnswered) {
      this.#isAnswered = true
      const { world, contact } = this.#parts
      this.#after(world.draw(this.#transfer.talk, contact.random), () => this.#join())
    }
    if (own === 'FAILED') this.#act('DROP')
    if (own === 'DROPPED' && !this.#isJoined) this.#giveUp()
  }

  end(): void {
    this.#cancel?.()
    this.#parts.contact.talkedAbout = false
  }

  #join(): void {
    const { world, contact, user, dialog, extension } = this.#parts
    const action = this.#transfer.how === 'conference' ? 'CONFERENCE' : 'TRANSFER'
    this.#isJoined = true
    contact.talkedAbout = false
    world.command({ type: 'call.join', user, dialog, action, targetMediaAddress: extension }, () => this.#giveUp())
    if (action === 'CONFERENCE') this.#after(world.draw(this.#transfer.talk, contact.random), this.#then.leaves)
  }

  /** The agent takes the customer back. */
  #giveUp(): void {
    const { world, contact, user, dialog, extension } = this.#parts
    this.#cancel?.()
    contact.talkedAbout = false
    const back = { type: 'call.act', user, dialog, action: 'RETRIEVE', targetMediaAddress: extension } as const
    world.command(back, () => undefined)
    this.#after(AGAIN, this.#then.hangsUp)
  }

  #act(action: 'DROP'): void {
    const { world, user, extension } = this.#parts
    if (this.#consult === '') return this.#giveUp()
    const command = { type: 'call.act', user, dialog: this.#consult, action, targetMediaAddress: extension } as const
    world.command(command, () => this.#giveUp())
  }

  #after(ms: number, run: () => void): void {
    this.#cancel?.()
    this.#cancel = this.#parts.world.after(ms, run)
  }
}
