/**
 * The newest documents of the followed Finesse, as values. They are what reads show. The machines of the engine follow
 * the same states, but have no place for everything that a document says.
 */
import type { CallDialogValue, DialogValue, MediaValue, NamedQueueValue, UserValue } from '../engine/values.ts'
import type { Told } from './events/update.ts'
import { withSummary } from './events/user.ts'

/** Everything about one user. */
export interface Belongings {
  user: UserValue | undefined
  /** By MRD. */
  readonly media: Map<string, MediaValue>
  /** Open dialogs, by id. */
  readonly dialogs: Map<string, DialogValue>
}

export class Picture {
  readonly #users = new Map<string, Belongings>()
  readonly #queues = new Map<string, NamedQueueValue>()
  /** Who is signed in at an extension. */
  readonly #agents = new Map<string, string>()

  of(user: string): Belongings | undefined {
    return this.#users.get(user)
  }

  queue(id: string): NamedQueueValue | undefined {
    return this.#queues.get(id)
  }

  agentAt(extension: string): string | undefined {
    return this.#agents.get(extension)
  }

  dialog(id: string): DialogValue | undefined {
    for (const { dialogs } of this.#users.values()) {
      const found = dialogs.get(id)
      if (found) return found
    }
    return undefined
  }

  calls(user: string): readonly CallDialogValue[] {
    return [...(this.#users.get(user)?.dialogs.values() ?? [])].flatMap((each) => (each.kind === 'call' ? [each] : []))
  }

  forget(user: string): void {
    this.#users.delete(user)
    for (const [extension, agent] of this.#agents) if (agent === user) this.#agents.delete(extension)
  }

  /** Takes over what was told. */
  take(told: Told): void {
    switch (told.kind) {
      case 'user':
        return this.#takeUser(told.value)
      case 'summary': {
        const before = this.#users.get(told.value.id)?.user
        if (before) this.#takeUser(withSummary(before, told.value))
        return
      }
      case 'userDeleted':
        return this.forget(told.user)
      case 'media':
        this.#belongings(told.value.user).media.set(told.value.id, told.value)
        return
      case 'dialog': {
        const { dialogs } = this.#belongings(told.user)
        if (told.change === 'removed') dialogs.delete(told.value.id)
        else dialogs.set(told.value.id, told.value)
        return
      }
      case 'queue':
        this.#queues.set(told.value.id, told.value)
        return
      default:
    }
  }

  #takeUser(value: UserValue): void {
    const belongings = this.#belongings(value.id)
    const before = belongings.user?.extension ?? ''
    if (before !== value.extension && this.#agents.get(before) === value.id) this.#agents.delete(before)
    if (value.extension !== '') this.#agents.set(value.extension, value.id)
    belongings.user = value
  }

  #belongings(user: string): Belongings {
    const found = this.#users.get(user)
    if (found) return found
    const made: Belongings = { user: undefined, media: new Map(), dialogs: new Map() }
    this.#users.set(user, made)
    return made
  }
}
