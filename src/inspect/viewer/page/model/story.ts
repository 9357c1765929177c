/** The story of one user: the user, its media, tasks, presences and calls, and their messages to queues. */
import type { ActorFacts, ActorsFrame, InspectionFrame } from '../../../protocol.ts'
import type { Heard, Moment } from './moment.ts'
import { heardOf, standing } from './read.ts'
import { userOf } from './roster.ts'
import { after, isOver, Timeline } from './timeline.ts'

export class Story {
  readonly user: string
  timeline = new Timeline()
  /** By call and actor: the last states in calls of others, which the user may join later. */
  readonly #beside = new Map<string, Map<string, Heard>>()
  /** The moments that one can step through, oldest first. */
  #steps: Moment[] = []
  /** True if live frames are added. False: the story is a part of the past. */
  readonly isLive: boolean
  /** Grows with every change. */
  version = 0

  constructor(user: string, isLive: boolean) {
    this.user = user
    this.isLive = isLive
  }

  get steps(): readonly Moment[] {
    const { first } = this.timeline
    if ((this.#steps[0]?.index ?? first) < first) this.#steps = this.#steps.filter(({ index }) => index >= first)
    return this.#steps
  }

  concerns(frame: InspectionFrame): boolean {
    const { actor, aggregate } = frame.mrdian
    if (this.#isAbout(actor)) return true
    if (aggregate.startsWith('call/')) return this.timeline.tracks.has(frame.sessionId)
    if (frame.type === '@xstate.event') return userOf(frame.sourceId ?? '') === this.user
    // The answer of a queue to a message of this user.
    const last = this.timeline.moments.at(-1)
    return last?.session === frame.sessionId && last.aggregate === aggregate && last.sequence === frame.mrdian.sequence
  }

  hear(frame: InspectionFrame): void {
    const heard = heardOf(frame)
    if (!this.concerns(frame)) return this.#noteBeside(heard)
    this.#joinCall(heard)
    this.#add(heard)
  }

  /** Adds the present states of an aggregate's actors, if the events before them are not known. */
  replace(frame: ActorsFrame): void {
    const isMine = userOf(frame.aggregate) === this.user || frame.actors.some(({ facts }) => this.#isAbout(facts))
    if (!isMine && !this.timeline.tracks.has(frame.aggregate)) return
    for (const actor of frame.actors) this.#add(standing(frame, actor))
  }

  /** Number of the step that a moment belongs to; -1: before the first. */
  stepAt(index: number): number {
    return after(this.steps, (each) => each.index <= index) - 1
  }

  #noteBeside(heard: Heard): void {
    const { aggregate, session, seen } = heard
    if (!aggregate.startsWith('call/') || seen === undefined) return
    if (session === aggregate && isOver(seen)) {
      this.#beside.delete(aggregate)
      return
    }
    const call = this.#beside.get(aggregate) ?? new Map<string, Heard>()
    this.#beside.set(aggregate, call.set(session, heard))
  }

  /** When the user joins a call, its other legs have the states that they had already. */
  #joinCall({ aggregate, at }: Heard): void {
    const call = this.#beside.get(aggregate)
    if (call === undefined) return
    this.#beside.delete(aggregate)
    for (const { position: _, cause: __, ...known } of call.values()) this.#add({ ...known, at, kind: 'actor' })
  }

  /** Is the actor one of the user, or of a call that the user takes part in? */
  #isAbout({ user, users }: ActorFacts): boolean {
    return user === this.user || (users?.includes(this.user) ?? false)
  }

  #add(heard: Heard): void {
    const moment = this.timeline.add(heard)
    if (moment === undefined) return
    if (moment.position !== undefined && moment.kind !== 'event') this.#steps.push(moment)
    this.version++
  }
}
