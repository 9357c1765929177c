/** What a desktop knows about its agent: the user and the calls, from notifications alone. */
import { all, parsed, text } from './xml.ts'

export class Known {
  user: Element | undefined
  /** By their ids, in the order in which they came. */
  readonly dialogs = new Map<string, Element>()
  /** What the server said about a request that failed later, and notifications that do not fit the calls so far. */
  problem = ''
  readonly #user: string
  readonly #dialogs: string

  constructor(user: string) {
    this.#user = `/finesse/api/User/${user}`
    this.#dialogs = `${this.#user}/Dialogs`
  }

  /** Begins with what the server has now. */
  begin(user: Element, dialogs: Element): void {
    this.user = user
    this.dialogs.clear()
    for (const dialog of all(dialogs, 'Dialog')) this.dialogs.set(text(dialog, 'id'), dialog)
  }

  /** Takes a notification. */
  hear(node: string, notification: string): void {
    if (node !== this.#user && node !== this.#dialogs) return
    const update = parsed(notification)
    this.#hearErrors(update)
    const event = text(update, 'event')
    this.user = all(update, 'data/user')[0] ?? this.user
    for (const dialog of all(update, 'data/dialogs/Dialog')) this.#move(event, dialog)
    for (const dialog of all(update, 'data/dialog')) this.#change(dialog)
  }

  #hearErrors(update: Element): void {
    for (const error of all(update, 'data/apiErrors/apiError'))
      this.problem = `${text(error, 'errorType')} ${text(error, 'errorData')} ${text(error, 'errorMessage')}`
  }

  #move(event: string, dialog: Element): void {
    const id = text(dialog, 'id')
    if (this.dialogs.has(id) === (event === 'POST')) this.problem = `${event} of dialog ${id}`
    if (event === 'POST') this.dialogs.set(id, dialog)
    else this.dialogs.delete(id)
  }

  #change(dialog: Element): void {
    const id = text(dialog, 'id')
    if (!this.dialogs.has(id)) this.problem = `PUT of dialog ${id}`
    this.dialogs.set(id, dialog)
  }
}
