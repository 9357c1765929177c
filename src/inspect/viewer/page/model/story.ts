/** What one user went through: the user, the media, tasks, presences and calls, and what they said to queues. */
import type { ActorsFrame, InspectionFrame } from '../../../protocol.ts'
import type { Heard, Moment } from './moment.ts'
import { heardOf, standing } from './read.ts'
import { userOf } from './roster.ts'
import { after, Timeline } from './timeline.ts'

export class Story {
  readonly user: string
  timeline = new Timeline()
  /** Moments at which something happened, oldest first: what one steps through. */
  #steps: Moment[] = []
  /** What happens now is added. False: it is a stretch of the past. */
  readonly isLive: boolean
  /** Counts up with every change. */
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
    if (actor.user === this.user) return true
    if (aggregate.startsWith('call/')) return this.timeline.tracks.has(frame.sessionId)
    if (frame.type === '@xstate.event') return userOf(frame.sourceId ?? '') === this.user
    // The answer of a queue to a word of this user.
    const last = this.timeline.moments.at(-1)
    return last?.session === frame.sessionId && last.aggregate === aggregate && last.sequence === frame.mrdian.sequence
  }

  hear(frame: InspectionFrame): void {
    if (this.concerns(frame)) this.#add(heardOf(frame))
  }

  /** How the actors of an aggregate stand, when nobody can tell what led there. */
  replace(frame: ActorsFrame): void {
    if (userOf(frame.aggregate) !== this.user && !this.timeline.tracks.has(frame.aggregate)) return
    for (const actor of frame.actors) this.#add(standing(frame, actor))
  }

  /** Number of the step that a moment belongs to; -1: before the first. */
  stepAt(index: number): number {
    return after(this.steps, (each) => each.index <= index) - 1
  }

  #add(heard: Heard): void {
    const moment = this.timeline.add(heard)
    if (moment === undefined) return
    if (moment.position !== undefined && moment.kind !== 'event') this.#steps.push(moment)
    this.version++
  }
}
