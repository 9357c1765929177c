/**
 * What one viewer has still to be told: the present of aggregates, and what has happened since. Bounded: where too much
 * has happened, its present is told anew instead.
 *
 * An aggregate is either caught up with, and its frames wait in the queue, or it is behind: then its frames are not kept,
 * since its present, told later, holds what they would have led to.
 */
import type { Seen } from './seen.ts'

export class Backlog {
  #queue: Seen[] = []
  #next = 0
  /** Aggregates whose present has to be told, in order. */
  readonly #behind = new Set<string>()
  #dropped = 0
  readonly #most: number
  readonly #onDropped: () => void
  /** Those that are behind since the viewer came: nothing of them counts as dropped. `undefined` when all were told. */
  #beginning: Set<string> | undefined = new Set()

  /** `most`: so many frames may wait. `onDropped`: called for each frame that is not kept. */
  constructor(most: number, onDropped: () => void) {
    this.#most = most
    this.#onDropped = onDropped
  }

  /** Begins with the present of these. */
  begin(aggregates: Iterable<string>): void {
    this.clear()
    for (const each of aggregates) this.#behind.add(each)
    this.#beginning = new Set(this.#behind)
  }

  clear(): void {
    this.#keep([])
    this.#behind.clear()
    this.#dropped = 0
  }

  add(seen: Seen): void {
    const { aggregate } = seen
    if (this.#behind.has(aggregate)) {
      if (!this.#beginning?.has(aggregate)) this.#drop()
      return
    }
    if (this.waiting < this.#most) this.#queue.push(seen)
    else {
      this.#drop()
      this.#behind.add(aggregate)
    }
  }

  /** Its present is told next. */
  tellAgain(aggregate: string): void {
    this.#behind.add(aggregate)
  }

  /** Frames that wait. */
  get waiting(): number {
    return this.#queue.length - this.#next
  }

  get isBehind(): boolean {
    return this.#behind.size > 0
  }

  /** True once, when the present of the beginning has been told. */
  hasBegun(): boolean {
    if (this.#beginning === undefined || this.#beginning.size > 0) return false
    this.#beginning = undefined
    return true
  }

  /** The next frame. */
  take(): Seen | undefined {
    const seen = this.#queue[this.#next]
    if (seen) this.#next += 1
    if (this.#next > this.#most || this.waiting === 0) this.#keep(this.#queue.slice(this.#next))
    return seen
  }

  /** The next aggregate whose present is to be told. */
  takeBehind(): string | undefined {
    const [aggregate] = this.#behind
    if (aggregate === undefined) return undefined
    this.#behind.delete(aggregate)
    this.#beginning?.delete(aggregate)
    return aggregate
  }

  /** Its present, after this step, is told: what waits and is older would lead back. */
  caughtUp(aggregate: string, sequence: number): void {
    if (this.waiting === 0) return
    const isOld = (seen: Seen) => seen.aggregate === aggregate && seen.sequence <= sequence
    const waiting = this.#queue.slice(this.#next)
    const kept = waiting.filter((seen) => !isOld(seen))
    for (let dropped = kept.length; dropped < waiting.length; dropped += 1) this.#drop()
    this.#keep(kept)
  }

  /** Frames dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  get hasDropped(): boolean {
    return this.#dropped > 0
  }

  #drop(): void {
    this.#dropped += 1
    this.#onDropped()
  }

  #keep(frames: Seen[]): void {
    this.#queue = frames
    this.#next = 0
  }
}
