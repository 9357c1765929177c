/**
 * Limits log lines about repeated errors. The first one is logged at once, later ones with growing pauses and the
 * number of errors since the last line. So the log stays readable if, for example, a listener throws for every
 * notification.
 */
import { nextPause } from '../../waiting/pause.ts'

/**
 * Pause between two lines about the same thing, in ms. It doubles from `first` to `longest`. If no error follows within
 * `longest` after the end of a pause, the next pause is `first` again.
 */
const PAUSE = { first: 1000, longest: 300_000 }
/** Number of things that are kept apart. The oldest is forgotten first. */
const KEPT = 100

interface Complaint {
  readonly at: number
  readonly pause: number
  /** Number of errors since the last line. */
  readonly times: number
}

export class Complaints {
  readonly #now: () => number
  readonly #all = new Map<string, Complaint>()

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Calls `tell` if a line about `thing` is due. `times`: the number of errors since the last line, if any were
   * skipped.
   */
  about(thing: string, tell: (since: { readonly times?: number }) => void): void {
    const now = this.#now()
    const known = this.#all.get(thing)
    if (known !== undefined && now < known.at + known.pause) {
      this.#all.set(thing, { ...known, times: known.times + 1 })
      return
    }
    const goesOn = known !== undefined && now < known.at + known.pause + PAUSE.longest
    const pause = nextPause(PAUSE, goesOn ? known.pause : undefined)
    this.#all.delete(thing)
    this.#all.set(thing, { at: now, pause, times: 0 })
    for (const oldest of this.#all.keys()) if (this.#all.size > KEPT) this.#all.delete(oldest)
    tell(known !== undefined && known.times > 0 ? { times: known.times + 1 } : {})
  }

  /** `thing` works again, so the next error is logged at once. */
  over(thing: string): void {
    this.#all.delete(thing)
  }
}
