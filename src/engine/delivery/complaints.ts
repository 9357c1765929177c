/**
 * Log lines about what goes wrong again and again: the first at once, later ones with growing pauses and the number of
 * times in between. So a host whose listener throws for every notification can still read its log.
 */

/** Between two lines about one thing, in ms. Silence of the longest pause begins anew. */
const PAUSE = { first: 1000, longest: 300_000 }
/** So many things are told apart. */
const KEPT = 100

interface Complaint {
  readonly at: number
  readonly pause: number
  /** Since the last line. */
  readonly times: number
}

export class Complaints {
  readonly #now: () => number
  readonly #all = new Map<string, Complaint>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** `tell` gets what has to be added to the line, if it is time for one. */
  about(thing: string, tell: (since: { readonly times?: number }) => void): void {
    const now = this.#now()
    const known = this.#all.get(thing)
    if (known !== undefined && now < known.at + known.pause) {
      this.#all.set(thing, { ...known, times: known.times + 1 })
      return
    }
    const goesOn = known !== undefined && now < known.at + known.pause + PAUSE.longest
    const pause = goesOn ? Math.min(PAUSE.longest, 2 * known.pause) : PAUSE.first
    this.#all.delete(thing)
    this.#all.set(thing, { at: now, pause, times: 0 })
    for (const oldest of this.#all.keys()) if (this.#all.size > KEPT) this.#all.delete(oldest)
    tell(known !== undefined && known.times > 0 ? { times: known.times + 1 } : {})
  }

  /** It is well again: the next time is told at once. */
  over(thing: string): void {
    this.#all.delete(thing)
  }
}
