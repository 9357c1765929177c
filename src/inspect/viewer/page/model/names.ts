/**
 * Names of users and media. The server sends those of its directory. Those of a data file, which has no directory, come
 * with an explanation of the chosen user. Hidden names are sent by neither.
 */
import type { Explanation } from '../../../../history/explain/explanation.ts'
import type { Session } from '../../../../pages/browser/session.ts'
import type { ActorFacts, NamesFrame } from '../../../protocol.ts'
import { explanationOf } from '../net/explain.ts'
import { rest } from '../net/rest.ts'

/** The kinds of actors that have their own id. */
const KINDS = ['user', 'media', 'task', 'call', 'leg', 'queue', 'side', 'presence']

/** The name in `Email (5001)`; `undefined` for an id without a name. */
function nameIn(text: string): string | undefined {
  const end = text.endsWith(')') ? text.lastIndexOf(' (') : -1
  return end > 0 ? text.slice(0, end) : undefined
}

export class Names {
  readonly #media = new Map<string, string>()
  #users: ReadonlyMap<string, string> = new Map()
  /** The user around whom names were asked for, and the name that came. */
  #user = { id: '', name: '' }
  #asking = new AbortController()
  /** Time of the last input of the user; `undefined` if it is not known. */
  lastInput: number | undefined
  /** Grows when the names of the directory change. */
  version = 0

  /** Asks the server for the names around a user. Without an answer, ids are shown. */
  load(session: Session, user: string, loaded: () => void): void {
    if (this.#user.id === user) return
    this.#user = { id: user, name: '' }
    this.lastInput = undefined
    this.#asking.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    const asked = rest(signal).then(() => explanationOf(session, user, undefined, signal))
    asked.then(
      (explanation) => {
        if (this.#user.id !== user) return
        this.#take(explanation)
        loaded()
      },
      () => undefined,
    )
  }

  /** Takes the names of the directory. */
  replace({ users, media }: NamesFrame): void {
    this.#users = new Map(Object.entries(users))
    for (const [id, name] of Object.entries(media)) this.#media.set(id, name)
    this.version++
  }

  forget(): void {
    this.#users = new Map()
    this.version++
    this.#media.clear()
    this.#user = { id: '', name: '' }
    this.lastInput = undefined
  }

  ofUser(id: string): string {
    return this.#users.get(id) ?? (this.#user.id === id ? this.#user.name : '')
  }

  ofMedium(mrd: string): string {
    return this.#media.get(mrd) ?? ''
  }

  /** The short name of an actor, for a card or a line. */
  of({ kind, user = '', mrd = '', dialog = '', side }: ActorFacts): string {
    if (kind === 'user') return `Voice ${user}`
    if (kind === 'media') return `${this.ofMedium(mrd) || 'Medium'} ${mrd}`
    if (kind === 'task') return `Task ${dialog}`
    if (kind === 'call') return `Call ${dialog}`
    if (kind === 'leg') return `${user === '' ? 'Outside leg' : `Leg of ${user}`} on call ${dialog}`
    if (kind === 'queue') return `Queue ${this.ofMedium(mrd) || mrd}`
    return `${kind === 'side' ? 'Side' : 'Presence'} ${side ?? ''}`
  }

  /** An even shorter name for the head of a column with `count` actors. */
  ofColumn(session: string, count: number): string {
    const [last = '', before = ''] = session.split(/[:/]/).toReversed()
    const [kind, id] = KINDS.includes(before) ? [before, last] : [session, '']
    if (count > 1) return `${count} ${kind}s`
    if (kind === 'media' || kind === 'queue') return `${kind === 'queue' ? 'queue ' : ''}${this.ofMedium(id) || id}`
    return id === '' ? kind : `${kind} ${id}`
  }

  #take({ user, states, lastInput }: Explanation): void {
    this.#user = { id: user.id, name: user.name }
    this.lastInput = lastInput.at
    for (const { subject, name } of states) {
      const medium = nameIn(name)
      if (subject.kind === 'media' && medium !== undefined) this.#media.set(subject.mrd, medium)
    }
  }
}
