/** Whose task, dialog or call it is: a contact stays the same through all its transfers. */
import type { Input } from '../../engine/input.ts'
import type { JournalRow } from '../../engine/ports.ts'
import type { PastEngine } from './past.ts'

/** One customer. */
export interface Recorded {
  /** Script selector, or `call-` and the extension; contacts are counted by it. */
  readonly base: string
  /** `email_support#3`; given when the recording is written. */
  key: string
  /** Its task at the ACD at present, or its call. */
  id: string
  readonly isCall: boolean
  /** Its last dialog, and whose it is. */
  dialog: string
  user: string
  answered: boolean
}

export class RecordedContacts {
  readonly #past: PastEngine
  readonly #tasks = new Map<string, Recorded>()
  readonly #dialogs = new Map<string, Recorded>()

  constructor(past: PastEngine) {
    this.#past = past
  }

  task(id: string, selector: string): Recorded {
    const contact = { base: selector, key: '', id, isCall: false, dialog: '', user: '', answered: false }
    this.#tasks.set(id, contact)
    return contact
  }

  call(id: string, extension: string, user: string): Recorded {
    const contact = { base: `call-${extension}`, key: '', id, isCall: true, dialog: id, user, answered: false }
    this.#dialogs.set(id, contact)
    return contact
  }

  /** A task is with an agent. */
  offered(contact: Recorded, dialog: string, user: string): void {
    contact.dialog = dialog
    contact.user = user
    this.#dialogs.set(dialog, contact)
  }

  /** Of a nonvoice dialog, or a call. */
  ofDialog(id: string): Recorded | undefined {
    return this.#dialogs.get(id)
  }

  /** Of a task; one that came of a transfer says of which dialog. */
  ofTask(id: string): Recorded | undefined {
    const known = this.#tasks.get(id) ?? this.#dialogs.get(this.#past.task(id)?.associatedDialog ?? '')
    if (known) this.#tasks.set(id, known)
    return known
  }

  /** Another contact goes on with the task of this one. */
  replace(task: string, contact: Recorded): void {
    this.#tasks.set(task, contact)
    const dialog = this.#past.task(task)?.associatedDialog ?? ''
    if (dialog !== '') this.#dialogs.set(dialog, contact)
  }

  /** Follows what a row says of offers; called after the row. */
  follow({ aggregate }: JournalRow, input: Input): Recorded | undefined {
    if (input.kind !== 'message' || input.body.type !== 'offered' || !aggregate.startsWith('queue/')) return undefined
    const { task, dialog, user } = input.body
    const contact = this.ofTask(task)
    if (!contact) return undefined
    contact.id = task
    this.offered(contact, dialog, user)
    return contact
  }

  /** Where the contact is: state of its dialog, or what the ACD says of its task; `undefined` when neither tells. */
  stateOf(contact: Recorded): { readonly state: string; readonly user?: string } | undefined {
    if (contact.isCall) {
      const call = this.#past.aggregates.call(contact.id)?.snapshot
      if (call) return { state: call.value, user: contact.user }
      return contact.answered ? { state: 'HANDLED' } : undefined
    }
    const dialog = this.#past.dialogs(contact.user).find((each) => each.dialog === contact.dialog)
    if (dialog) return { state: dialog.state, user: contact.user }
    for (let task = this.#past.task(contact.id); task; task = this.#past.task(task.resubmittedAs)) {
      if (task.state !== 'resubmitted') return task.state in ENDS ? { state: ENDS[task.state] ?? '' } : undefined
      if (task.resubmittedAs === '') return undefined
      contact.id = task.resubmittedAs
      this.#tasks.set(contact.id, contact)
    }
    return undefined
  }
}

const ENDS: Readonly<Record<string, string>> = {
  queued: 'QUEUED',
  handled: 'HANDLED',
  abandoned: 'ABANDONED',
  expired: 'EXPIRED',
  lost: 'LOST',
}
