/** Whose turn is next, when more connections come than the layers above can take over. */

/** One that waits for its turn. */
export interface Waiting {
  /** Sources take turns. */
  readonly source: string
  /** When it began to wait, in ms of any clock. */
  readonly since: number
}

/** If one has waited for so many ms when its turn comes, more have come than get their turns in time. */
const TOO_LONG_MS = 700
/** Then those that have waited for more ms than this are late. */
const RECENT_MS = 300
/** A line keeps so many that have ended, and as many as are late. */
const ENDED = 64

/** Those of one source. */
class Line<T extends Waiting> {
  /** In the order of their arrival. */
  readonly #recent = new Set<T>()
  readonly #late = new Set<T>()
  /** The late ones, the newest last, with some that have ended. */
  #stack: T[] = []

  get size(): number {
    return this.#recent.size + this.#late.size
  }

  add(one: T): void {
    this.#recent.add(one)
  }

  delete(one: T): boolean {
    return this.#recent.delete(one) || this.#late.delete(one)
  }

  /** Takes out the next one. `now`: ms of the clock of `since`. */
  take(now: number): T | undefined {
    const [first] = this.#recent
    if (first !== undefined && now - first.since > TOO_LONG_MS) this.#findLate(now)
    for (const one of this.#recent) {
      this.#recent.delete(one)
      return one
    }
    return this.#newestLate()
  }

  #findLate(now: number): void {
    if (this.#stack.length > 2 * this.#late.size + ENDED) this.#stack = [...this.#late]
    for (const one of this.#recent) {
      if (now - one.since <= RECENT_MS) return
      this.#recent.delete(one)
      this.#late.add(one)
      this.#stack.push(one)
    }
  }

  #newestLate(): T | undefined {
    for (;;) {
      const one = this.#stack.pop()
      if (one === undefined || this.#late.delete(one)) return one
    }
  }
}

/**
 * The sources take turns. Those of one source have their turns in the order of their arrival. But if the next one has
 * waited for too long, all except the most recent ones are late and come after the others, the newest first. Of a flood
 * only those that are not late go round: each comes again after its turn, so they are not more than before. A client that
 * comes then has few before it, however many are late, and nothing has to tell it from the flood. In the order of arrival
 * it would wait for the whole flood. A crowd of honest clients that comes at once is served in another order, but the last
 * of them as early. The user bounds the number that waits.
 */
export class TurnQueue<T extends Waiting> {
  /** The source whose turn is next comes first. No line is empty. */
  readonly #lines = new Map<string, Line<T>>()
  #size = 0

  /** Number that waits. */
  get size(): number {
    return this.#size
  }

  add(one: T): void {
    const line = this.#lines.get(one.source) ?? new Line()
    line.add(one)
    this.#lines.set(one.source, line)
    this.#size += 1
  }

  /** It has ended before its turn. */
  delete(one: T): void {
    const line = this.#lines.get(one.source)
    if (line?.delete(one) !== true) return
    if (line.size === 0) this.#lines.delete(one.source)
    this.#size -= 1
  }

  /** Takes out the one whose turn it is. `now`: ms of the clock of `since`. */
  take(now: number): T | undefined {
    for (const [source, line] of this.#lines) {
      this.#lines.delete(source)
      const one = line.take(now)
      if (line.size > 0) this.#lines.set(source, line)
      this.#size -= 1
      return one
    }
    return undefined
  }
}
