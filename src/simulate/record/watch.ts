/**
 * Turns changes of users, media and contacts into expectations. When there are too many, only every second, fourth, …
 * one is kept.
 */
import type { Recorded, RecordedContacts } from './contacts.ts'
import type { Line } from './lines.ts'
import type { NeutralNames } from './names.ts'
import type { PastEngine } from './past.ts'

/** Maximum number of expectations. */
const EXPECTATIONS_MAX = 400

export class Watch {
  readonly #past: PastEngine
  readonly #names: NeutralNames
  readonly #contacts: RecordedContacts
  readonly #users = new Set<string>()
  readonly #touched = new Set<Recorded>()
  readonly #last = new Map<string | Recorded, string>()
  #kept: { readonly number: number; readonly line: Line }[] = []
  #seen = 0
  #stride = 1

  constructor(past: PastEngine, names: NeutralNames, contacts: RecordedContacts) {
    this.#past = past
    this.#names = names
    this.#contacts = contacts
  }

  /** Marks a user, with all open dialogs of the user, to be checked for changes. */
  user(id: string): void {
    this.#users.add(id)
  }

  contact(contact: Recorded): void {
    this.#touched.add(contact)
  }

  /** Called when everything at time `at` has happened. Records what has changed. */
  settle(at: number): void {
    for (const id of [...this.#users].sort()) this.#settleUser(id, at)
    this.#users.clear()
    for (const contact of this.#touched) this.#settleContact(contact, at)
    this.#touched.clear()
  }

  get lines(): readonly Line[] {
    return this.#kept.map(({ line }) => line)
  }

  #settleUser(id: string, at: number): void {
    const user = this.#names.user(id)
    const voice = this.#past.voice(id)
    if (voice) this.#changed(id, at, { user, state: voice.state })
    for (const { mrd, state, routable } of this.#past.media(id))
      this.#changed(`${id} ${mrd}`, at, { user, mrd, state, routable })
    for (const { dialog } of this.#past.dialogs(id)) {
      const contact = this.#contacts.ofDialog(dialog)
      if (contact) this.#touched.add(contact)
    }
  }

  #settleContact(contact: Recorded, at: number): void {
    const found = this.#contacts.stateOf(contact)
    if (!found) return
    const user = found.user === undefined ? undefined : this.#names.user(found.user)
    this.#changed(contact, at, { state: found.state, user }, contact)
  }

  #changed(subject: string | Recorded, at: number, fields: Line['fields'], contact?: Recorded): void {
    const text = JSON.stringify(fields)
    const last = this.#last.get(subject)
    if (last === text) return
    this.#last.set(subject, text)
    // LOGOUT is the initial state and no change.
    if (last === undefined && fields.state === 'LOGOUT') return
    this.#seen += 1
    if (this.#seen % this.#stride !== 0) return
    this.#kept.push({ number: this.#seen, line: contact ? { at, contact, fields } : { at, fields } })
    if (this.#kept.length <= EXPECTATIONS_MAX) return
    this.#stride *= 2
    this.#kept = this.#kept.filter(({ number }) => number % this.#stride === 0)
  }
}
