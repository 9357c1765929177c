/**
 * The part of a story that some users had. A customer comes when the task was made that first reached one of them, and
 * goes when somebody else gets the task.
 */
import type { Input } from '../../engine/input.ts'
import type { JournalRow } from '../../engine/ports.ts'
import type { Recorded } from './contacts.ts'
import type { Line } from './lines.ts'
import { arrival, type Scene } from './outside.ts'

const NOTES = [
  'users other than those asked for, and the contacts that reached none of them',
  'the choice between those users and others: a task may reach another one of them, or earlier',
] as const

export class Selection {
  readonly #scene: Scene
  readonly #chosen: ReadonlySet<string> | undefined
  readonly #reached = new Set<Recorded>()
  readonly #gone = new Set<Recorded>()

  /** Without `chosen` it is the whole story. */
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

  /** The entry, unless it belongs to somebody else. */
  entry(line: Line | undefined): Line | undefined {
    if (!line || !this.#chosen) return line
    const { user } = line.fields
    if (typeof user === 'string' && !this.#names.has(user)) return undefined
    return line
  }

  /** What has to be said of a task that goes from the ones to the others, or the other way; called after the row. */
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
    // Whoever gave the task away is somebody else: here a customer comes.
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

  /** Is this something that the chosen ones see? */
  sees({ contact, fields: { user } }: Line): boolean {
    if (this.isWhole || !contact) return true
    return typeof user === 'string' && this.#names.has(user)
  }

  /** Without the contacts that reached nobody. */
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
