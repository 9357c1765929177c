/**
 * Restricts a recording to some users. A customer arrives when the task was created that first reached one of them, and
 * leaves when another user gets the task.
 */
import type { Input } from '../../engine/input.ts'
import type { JournalRow } from '../../engine/ports.ts'
import type { Recorded } from './contacts.ts'
import type { Line } from './lines.ts'
import { arrival, type Scene } from './outside.ts'

const NOTES = [
  'all other users, and the contacts that did not reach a selected user',
  'the competition of other users for tasks: a task may reach another selected user, or reach one earlier',
] as const

export class Selection {
  readonly #scene: Scene
  readonly #chosen: ReadonlySet<string> | undefined
  readonly #reached = new Set<Recorded>()
  readonly #gone = new Set<Recorded>()

  /** Without `chosen` everything is recorded. */
  constructor(scene: Scene, chosen: ReadonlySet<string> | undefined) {
    this.#scene = scene
    this.#chosen = chosen && new Set(chosen)
  }

  get isWhole(): boolean {
    return this.#chosen === undefined
  }

  get notes(): readonly string[] {
    return this.#chosen ? NOTES : []
  }

  /** The entry; `undefined` if it belongs to a user who is not selected. */
  entry(line: Line | undefined): Line | undefined {
    if (!line || !this.#chosen) return line
    const { user } = line.fields
    if (typeof user === 'string' && !this.#names.has(user)) return undefined
    return line
  }

  /**
   * Additional lines for a task that moves from selected users to others, or back. Called after the row was applied.
   */
  after({ aggregate }: JournalRow, input: Input, at: number): readonly Line[] {
    const chosen = this.#chosen
    if (!chosen || input.kind !== 'message') return []
    const { body } = input
    const { contacts, past } = this.#scene
    if (!aggregate.startsWith('queue/')) return []
    if (body.type === 'offered') return this.#offered(chosen, body, at)
    const original = contacts.ofTask(
      body.type === 'enqueued' ? body.original : body.type === 'resubmit' ? body.task : '',
    )
    if (!original || (this.#reached.has(original) && !this.#gone.has(original))) return []
    const task = past.task(past.task(original.id)?.resubmittedAs ?? '')
    if (!task) return []
    // The task was given away by a user who is not selected, so here a customer arrives.
    const contact = contacts.task(task.id, task.scriptSelector)
    contacts.replace(task.id, contact)
    const { agentId, keepAgent, scriptSelector: selector, variables } = task
    const to = chosen.has(agentId) ? { agent: this.#scene.names.user(agentId), keepAgent } : {}
    return [arrival(contact, at, variables, { selector, ...to })]
  }

  #offered(chosen: ReadonlySet<string>, { task, user }: { readonly task: string; readonly user: string }, at: number) {
    const contact = this.#scene.contacts.ofTask(task)
    if (!contact || this.#gone.has(contact)) return []
    if (chosen.has(user)) this.#reached.add(contact)
    else if (this.#reached.has(contact)) {
      this.#gone.add(contact)
      return [{ at, contact, fields: { do: 'giveUp' } }]
    }
    return []
  }

  /** Whether an expectation concerns the selected users. */
  sees({ contact, fields: { user } }: Line): boolean {
    if (this.isWhole || !contact) return true
    return typeof user === 'string' && this.#names.has(user)
  }

  /** The script without the contacts that did not reach a selected user. */
  kept(script: readonly Line[]): readonly Line[] {
    const chosen = this.#chosen
    if (!chosen) return script
    return script.filter(
      ({ contact }) => !contact || this.#reached.has(contact) || (contact.isCall && chosen.has(contact.user)),
    )
  }

  get #names(): ReadonlySet<string> {
    return new Set([...(this.#chosen ?? [])].map((id) => this.#scene.names.user(id)))
  }
}
