/** The present states of all actors, by user. Everything else is kept only for the chosen user. */
import type { ActorFacts, ActorsFrame, InspectionFrame, MachineName } from '../../../protocol.ts'
import type { Seen } from './moment.ts'
import { seenOf } from './read.ts'
import { isOver } from './timeline.ts'

export interface Present {
  readonly session: string
  readonly facts: ActorFacts
  readonly machine: MachineName | undefined
  readonly state: string
}

export interface Person {
  readonly user: string
  readonly actors: ReadonlyMap<string, Present>
}

/** Compares ids. One collator for all is much faster than `localeCompare`, with thousands of agents. */
const IDS = new Intl.Collator('en', { numeric: true })

export class Roster {
  /** The users in the order of their ids. */
  #people: readonly Person[] | undefined
  readonly #actors = new Map<string, Map<string, Present>>()
  /** Aggregates that belong to no user: calls, queues, sides. */
  readonly #others = new Map<string, Present>()
  /** Grows with every change. */
  version = 0

  get people(): readonly Person[] {
    this.#people ??= [...this.#actors]
      .map(([user, actors]) => ({ user, actors }))
      .sort((a, b) => IDS.compare(a.user, b.user))
    return this.#people
  }

  get size(): number {
    return this.people.reduce((sum, { actors }) => sum + actors.size, this.#others.size)
  }

  person(user: string): Person | undefined {
    const actors = this.#actors.get(user)
    return actors === undefined ? undefined : { user, actors }
  }

  clear(): void {
    this.#actors.clear()
    this.#others.clear()
    this.#people = undefined
    this.version++
  }

  replace({ aggregate, actors }: ActorsFrame): void {
    const mine = this.#actors.get(userOf(aggregate) ?? '')
    mine?.clear()
    this.#others.delete(aggregate)
    for (const { sessionId, facts, machine, snapshot } of actors)
      this.#set(aggregate, { session: sessionId, facts, machine, ...seenOf(snapshot) })
    this.version++
  }

  hear(frame: InspectionFrame): void {
    if (frame.type === '@xstate.event') return
    const { aggregate, actor, machine } = frame.mrdian
    this.#set(aggregate, { session: frame.sessionId, facts: actor, machine, ...seenOf(frame.snapshot) })
    this.version++
  }

  #set(aggregate: string, { session, facts, machine, ...seen }: Omit<Present, 'state'> & Seen): void {
    const home = this.#home(aggregate)
    if (isOver(seen)) home.delete(session)
    else home.set(session, { session, facts, machine, state: seen.state })
  }

  #home(aggregate: string): Map<string, Present> {
    const user = userOf(aggregate)
    if (user === undefined) return this.#others
    const known = this.#actors.get(user)
    if (known !== undefined) return known
    const made = new Map<string, Present>()
    this.#actors.set(user, made)
    this.#people = undefined
    return made
  }
}

/** The user of a session id: `1001` for `user/1001` and everything below it. */
export const userOf = (session: string): string | undefined => /^user\/([^/]+)/.exec(session)?.[1]
