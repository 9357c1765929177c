/**
 * What one viewer has still to be told: the present of aggregates, and what has happened since. Bounded: where too much
 * has happened, its present is told anew instead.
 *
 * An aggregate is either caught up with, and its frames wait in the queue, or it is behind: then its frames are not kept,
 * since its present, told later, holds what they would have led to.
 */
import type { Seen } from './seen.ts'

/** At most so many frames wait. */
export const QUEUE_MAX = 2000

export class Backlog {
  #queue: Seen[] = []
  #next = 0
  /** Aggregates whose present has to be told, in order. */
  readonly #behind = new Set<string>()
  /** Step up to which an aggregate's present was told: older frames that still wait are passed over. */
  readonly #told = new Map<string, number>()
  #dropped = 0
  readonly #onDropped: () => void
  /** Those that are behind since the viewer came: nothing of them counts as dropped. `undefined` when all were told. */
  #beginning: Set<string> | undefined = new Set()

  /** `onDropped`: called for each frame that is not kept. */
  constructor(onDropped: () => void) {
    this.#onDropped = onDropped
  }

  /** Begins with the present of these. */
  begin(aggregates: Iterable<string>): void {
    this.clear()
    for (const each of aggregates) this.#behind.add(each)
    this.#beginning = new Set(this.#behind)
  }

  clear(): void {
    this.#queue = []
    this.#next = 0
    this.#behind.clear()
    this.#told.clear()
    this.#dropped = 0
  }

  add(seen: Seen): void {
    const { aggregate } = seen
    if (this.#behind.has(aggregate)) {
      if (!this.#beginning?.has(aggregate)) this.#drop()
      return
    }
    if (this.waiting < QUEUE_MAX) this.#queue.push(seen)
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

  /** The next frame; those that the told present holds already are passed over. */
  take(): Seen | undefined {
    while (this.#next < this.#queue.length) {
      const seen = this.#queue[this.#next]
      this.#next += 1
      if (this.#next > QUEUE_MAX) this.#shrink()
      if (!seen) continue
      if (seen.sequence > (this.#told.get(seen.aggregate) ?? 0)) return seen
      this.#drop()
    }
    this.#shrink()
    // What was told earlier than anything that can still come is not needed any more.
    this.#told.clear()
    return undefined
  }

  /** The next aggregate whose present is to be told. */
  takeBehind(): string | undefined {
    const [aggregate] = this.#behind
    if (aggregate === undefined) return undefined
    this.#behind.delete(aggregate)
    this.#beginning?.delete(aggregate)
    return aggregate
  }

  /** Its present, after this step, has been told. */
  caughtUp(aggregate: string, sequence: number): void {
    if (this.waiting > 0) this.#told.set(aggregate, sequence)
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

  #shrink(): void {
    this.#queue = this.#queue.slice(this.#next)
    this.#next = 0
  }
}
