/**
 * The moments in order, and the state of every actor at each of them. It is limited: when it is full, the oldest tenth
 * is forgotten, except the last known state of every actor that still exists.
 */
import type { ActorFacts, MachineName } from '../../../protocol.ts'
import type { Heard, Moment, Seen } from './moment.ts'

/** Most moments that a page keeps. Each needs some kilobytes. */
const LIMIT = 20_000

export interface Track {
  readonly session: string
  readonly facts: ActorFacts
  readonly machine: MachineName | undefined
  /** Moments with a state of the actor, oldest first. */
  readonly seen: Moment[]
  /** Index of its last moment of any kind. */
  last: number
}

export class Timeline {
  readonly tracks = new Map<string, Track>()
  readonly #limit: number
  readonly #ids = new Set<string>()
  /** The episode of each position. */
  readonly #episodes = new Map<number, number>()
  #moments: Moment[] = []
  #next = 0

  constructor(limit = LIMIT) {
    this.#limit = limit
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  /** Index of the oldest moment that is kept. */
  get first(): number {
    return this.#next - this.#moments.length
  }

  /** Index of the newest moment; -1 if there is none. */
  get last(): number {
    return this.#next - 1
  }

  /** Adds a frame. Returns `undefined` if it was added before. */
  add(heard: Heard): Moment | undefined {
    if (this.#ids.has(heard.id)) return undefined
    const moment: Moment = { ...heard, index: this.#next++, episode: this.#episode(heard) }
    this.#ids.add(moment.id)
    this.#moments.push(moment)
    const track = this.#track(moment)
    track.last = moment.index
    if (moment.seen !== undefined) track.seen.push(moment)
    if (this.#moments.length > this.#limit) this.#forget(Math.ceil(this.#limit / 10))
    return moment
  }

  moment(index: number): Moment | undefined {
    return this.#moments[index - this.first]
  }

  /** Index of the last moment up to a time; one before the first if there is none. */
  indexAt(time: number): number {
    return this.first + after(this.#moments, ({ at }) => at <= time) - 1
  }

  /** The moment with an actor's state after moment `index`; `undefined` if the actor did not exist yet. */
  seenAt(session: string, index: number): Moment | undefined {
    const track = this.tracks.get(session)
    return track?.seen[after(track.seen, (each) => each.index <= index) - 1]
  }

  /** The moment with the actor's state before that one. */
  seenBefore(session: string, index: number): Moment | undefined {
    const track = this.tracks.get(session)
    return track?.seen[after(track.seen, (each) => each.index <= index) - 2]
  }

  #episode({ position, cause }: Heard): number | undefined {
    if (position === undefined) return undefined
    const episode =
      this.#episodes.get(position) ?? (cause === undefined ? position : (this.#episodes.get(cause) ?? cause))
    this.#episodes.set(position, episode)
    return episode
  }

  #track(moment: Moment): Track {
    const known = this.tracks.get(moment.session)
    if (known !== undefined) return known
    const { session, actor: facts, machine, index } = moment
    const track: Track = { session, facts, machine, seen: [], last: index }
    this.tracks.set(session, track)
    return track
  }

  #forget(count: number): void {
    const dropped = this.#moments.splice(0, count)
    for (const { id, position } of dropped) {
      this.#ids.delete(id)
      if (position !== undefined && position < (this.#moments[0]?.position ?? 0)) this.#episodes.delete(position)
    }
    for (const session of new Set(dropped.map((each) => each.session))) {
      const track = this.tracks.get(session)
      if (track === undefined) continue
      const old = after(track.seen, ({ index }) => index < this.first)
      track.seen.splice(0, Math.max(0, old - 1))
      if (track.last < this.first && isOver(track.seen.at(-1)?.seen)) this.tracks.delete(session)
    }
  }
}

export const isOver = (seen: Seen | undefined) => seen !== undefined && seen.status !== 'active'

/** The number of elements at the beginning of a sorted list for which the condition holds. */
export function after<Each>(list: readonly Each[], isAsAsked: (each: Each) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const each = list[middle]
    if (each !== undefined && isAsAsked(each)) low = middle + 1
    else high = middle
  }
  return low
}
