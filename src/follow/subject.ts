/** Whom and what a notification is about. */
import type { Told } from './events/update.ts'

/** The user whom it is about; `undefined` for queues, SystemInfo and others. */
export function userOf(told: Told): string | undefined {
  switch (told.kind) {
    case 'user':
    case 'summary':
      return told.value.id
    case 'media':
    case 'queues':
      return told.value.user
    case 'userDeleted':
    case 'dialog':
    case 'error':
      return told.user === '' ? undefined : told.user
    default:
      return undefined
  }
}

/** The subject of what was told. A read does not overwrite a subject that was told while the read was under way. */
export function subjectOf(told: Told): string {
  switch (told.kind) {
    case 'user':
    case 'summary':
      return 'user'
    case 'media':
      return `media ${told.value.id}`
    case 'dialog':
      return `dialog ${told.value.id}`
    default:
      return ''
  }
}

/** A user has few media, but any number of dialogs over time. */
const SUBJECTS_OF_A_USER = 1000

/** Numbers everything that is told, so that a read knows what is newer than its question. */
export class Subjects {
  /** Per user and subject: number of the newest thing that was told. */
  readonly #told = new Map<string, Map<string, number>>()
  #number = 0

  /** Number of the newest thing that was told. */
  get newest(): number {
    return this.#number
  }

  note(user: string, told: Told): void {
    this.#number += 1
    const known = this.#told.get(user) ?? new Map<string, number>()
    this.#told.set(user, known)
    const subject = subjectOf(told)
    if (subject !== '') known.set(subject, this.#number)
    if (known.size > SUBJECTS_OF_A_USER) known.delete(known.keys().next().value ?? '')
  }

  /** Was its subject told after this number? */
  isNewer(user: string, told: Told, number: number): boolean {
    return (this.#told.get(user)?.get(subjectOf(told)) ?? 0) > number
  }

  /** Was anything told of the user? */
  wasTold(user: string): boolean {
    return this.#told.has(user)
  }

  forget(user: string): void {
    this.#told.delete(user)
  }
}
