/**
 * Limits log lines about repeated errors. The first one is logged at once, later ones with growing pauses and the
 * number of errors since the last line. So the log stays readable if, for example, a listener throws for every
 * notification.
 */
import { nextPause } from '../../waiting/pause.ts'

/**
 * Pause between two lines about the same subject, in ms. It doubles from `first` to `longest`. If no error follows
 * within `longest` after the end of a pause, the next pause is `first` again.
 */
const PAUSE = { first: 1000, longest: 300_000 }
/** Maximum number of subjects with a pause of their own. The oldest is forgotten first. */
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
   * Calls `log` if a line about `subject` is due. `times`: the number of errors since the last line, if any were
   * skipped.
   */
  about(subject: string, log: (since: { readonly times?: number }) => void): void {
    const now = this.#now()
    const known = this.#all.get(subject)
    if (known !== undefined && now < known.at + known.pause) {
      this.#all.set(subject, { ...known, times: known.times + 1 })
      return
    }
    const continues = known !== undefined && now < known.at + known.pause + PAUSE.longest
    const pause = nextPause(PAUSE, continues ? known.pause : undefined)
    this.#all.delete(subject)
    this.#all.set(subject, { at: now, pause, times: 0 })
    for (const oldest of this.#all.keys()) if (this.#all.size > KEPT) this.#all.delete(oldest)
    log(known !== undefined && known.times > 0 ? { times: known.times + 1 } : {})
  }

  /** `subject` works again, so the next error is logged at once. */
  over(subject: string): void {
    this.#all.delete(subject)
  }
}
