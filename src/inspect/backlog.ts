/**
 * The data that one viewer still has to get: the present states of aggregates, and the frames since then. The queue is
 * limited. If an aggregate has too many frames, its present state is sent again instead.
 *
 * An aggregate is either up to date, and its frames wait in the queue, or it is behind. If it is behind, its frames are
 * not kept, because its present state will be sent later and includes their effect.
 */
import type { Seen } from './seen.ts'

export class Backlog {
  #queue: Seen[] = []
  #next = 0
  /** Aggregates whose present state has to be sent, in order. */
  readonly #behind = new Set<string>()
  #dropped = 0
  readonly #most: number
  readonly #onDropped: () => void
  /** Aggregates not yet sent since `begin`; their frames do not count as dropped. `undefined` when all were sent. */
  #beginning: Set<string> | undefined = new Set()

  /** `most`: how many frames may wait. `onDropped` is called for each frame that is dropped. */
  constructor(most: number, onDropped: () => void) {
    this.#most = most
    this.#onDropped = onDropped
  }

  /** Begins with the present state of these aggregates. */
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

  /** Sends the present state of the aggregate again. */
  tellAgain(aggregate: string): void {
    this.#behind.add(aggregate)
  }

  /** Number of frames that wait. */
  get waiting(): number {
    return this.#queue.length - this.#next
  }

  get isBehind(): boolean {
    return this.#behind.size > 0
  }

  /** True once: when the present states of all aggregates of `begin` were taken. */
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

  /** The next aggregate whose present state is to be sent. */
  takeBehind(): string | undefined {
    const [aggregate] = this.#behind
    if (aggregate === undefined) return undefined
    this.#behind.delete(aggregate)
    this.#beginning?.delete(aggregate)
    return aggregate
  }

  /** Drops the waiting frames of an aggregate up to this step, because its state after the step is being sent. */
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
