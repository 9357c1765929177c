/** Finds the contact of a task, dialog or call. A contact stays the same through all its transfers. */
import { callState } from '../../../machines/index.ts'
import type { Input } from '../../engine/input.ts'
import type { JournalRow } from '../../engine/ports.ts'
import type { PastEngine } from './past.ts'

/** One customer. */
export interface Recorded {
  /** Script selector, or `call-` and the extension. Contacts are numbered per `base`. */
  readonly base: string
  /** For example `email_support#3`. It is set when the recording is written. */
  key: string
  /** Id of its current task at the ACD, or of its call. */
  id: string
  readonly isCall: boolean
  /** Id of its last dialog. `user`: the agent of this dialog. */
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

  /** Records that a task was offered to an agent. */
  offered(contact: Recorded, dialog: string, user: string): void {
    contact.dialog = dialog
    contact.user = user
    this.#dialogs.set(dialog, contact)
  }

  /** The contact of a nonvoice dialog or a call. */
  ofDialog(id: string): Recorded | undefined {
    return this.#dialogs.get(id)
  }

  /** The contact of a task. A task that was created by a transfer is found by the dialog that was transferred. */
  ofTask(id: string): Recorded | undefined {
    const known = this.#tasks.get(id) ?? this.#dialogs.get(this.#past.task(id)?.associatedDialog ?? '')
    if (known) this.#tasks.set(id, known)
    return known
  }

  /** Assigns a task, and its dialog before the transfer, to another contact. */
  replace(task: string, contact: Recorded): void {
    this.#tasks.set(task, contact)
    const dialog = this.#past.task(task)?.associatedDialog ?? ''
    if (dialog !== '') this.#dialogs.set(dialog, contact)
  }

  /** Updates the contacts if the row is an offer to an agent; called after the row was applied. Returns the contact. */
  follow({ aggregate }: JournalRow, input: Input): Recorded | undefined {
    if (input.kind !== 'message' || input.body.type !== 'offered' || !aggregate.startsWith('queue/')) return undefined
    const { task, dialog, user } = input.body
    const contact = this.ofTask(task)
    if (!contact) return undefined
    contact.id = task
    this.offered(contact, dialog, user)
    return contact
  }

  /**
   * The state of a contact: that of its dialog, or else that of its task at the ACD; `undefined` if both are unknown.
   */
  stateOf(contact: Recorded): { readonly state: string; readonly user?: string } | undefined {
    if (contact.isCall) {
      const call = this.#past.aggregates.call(contact.id)?.snapshot
      if (call) return { state: callState(call), user: contact.user }
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
