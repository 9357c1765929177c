/** Whose turn is next, when more connections come than the layers above can take over. */

/** One that waits for its turn. */
export interface Waiting {
  /** Sources take turns. */
  readonly source: string
  /** When it began to wait, in ms of any clock. */
  readonly since: number
}

/** If one has waited for so many ms when its turn comes, more have come than get their turns in time. */
const TOO_LONG_MS = 800
/** Then those that have waited for more ms than this are late. */
const RECENT_MS = 200
/** Late ones have turns freely while at least this part of those that end, or get a session, get one. */
const ENOUGH = 0.5
/** The part is that of so many of the last ones. */
const OF_LAST = 64
/** With a smaller part, one late one at most has a turn in so many ms. */
const SELDOM_MS = 50
/** A recent one that waits for at most so many ms has its turn soon. */
const SOON_MS = 200
/** With a smaller part, no late one has a turn for so many ms after a recent one that did not have its turn soon. */
const CALM_MS = 3000
/** A line keeps so many that have ended, and as many as are late. */
const ENDED = 64

/** Those of one source. */
class Line<T extends Waiting> {
  /** In the order of their arrival. */
  readonly #recent = new Set<T>()
  readonly #late = new Set<T>()
  /** The late ones, the newest last, with some that have ended. */
  #stack: T[] = []
  /** The part that gets a session. Those that still try do not count. */
  #part = 1
  /** When a late one had its turn last, and when a recent one that had not had its turn soon, in ms. */
  #lateAt = Number.NEGATIVE_INFINITY
  #waitedAt = Number.NEGATIVE_INFINITY

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
    const [one] = this.#recent
    if (one === undefined) return this.#mayTakeLate(now) ? this.#newestLate(now) : undefined
    this.#recent.delete(one)
    if (now - one.since > SOON_MS) this.#waitedAt = now
    return one
  }

  #mayTakeLate(now: number): boolean {
    return this.#part >= ENOUGH || (now - this.#lateAt >= SELDOM_MS && now - this.#waitedAt >= CALM_MS)
  }

  /** One of the line got a session after its turn, or ended without. */
  ended(withSession: boolean): void {
    this.#part += ((withSession ? 1 : 0) - this.#part) / OF_LAST
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

  #newestLate(now: number): T | undefined {
    this.#lateAt = now
    for (;;) {
      const one = this.#stack.pop()
      if (one === undefined || this.#late.delete(one)) return one
    }
  }
}

/**
 * The sources take turns. Those of one source have their turns in the order of their arrival. But if the next one has
 * waited for too long, all except the most recent ones are late and come after the others, the newest first. Nothing tells
 * a client that comes during a flood from the flood, but it has only recent ones before it. In the order of arrival it
 * would wait for the whole flood.
 *
 * Each of a flood comes again after its turn. So if late ones had turns whenever no recent one waits, there would be more
 * and more recent ones, until some are late again, a client among them. What tells a flood as a whole from a crowd is that
 * a flood gets no sessions. So the late ones of a flood have few turns, and none unless the recent ones have theirs soon.
 * Those of a crowd have all that are left: they are served in another order, but the last of them as early. The user bounds
 * the number that waits.
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
    for (let lines = this.#lines.size; lines > 0; lines -= 1) {
      const one = this.#takeOfNext(now)
      if (one === undefined) continue
      this.#size -= 1
      return one
    }
    return undefined
  }

  /** One of this source got a session after its turn, or ended without. */
  ended(source: string, withSession: boolean): void {
    this.#lines.get(source)?.ended(withSession)
  }

  #takeOfNext(now: number): T | undefined {
    for (const [source, line] of this.#lines) {
      this.#lines.delete(source)
      const one = line.take(now)
      if (line.size > 0) this.#lines.set(source, line)
      return one
    }
    return undefined
  }
}
