/** Work in turns: so many pieces at a time, the others in order behind them, and a bounded number of those. */

/** Where a piece waits: in a lane of its own kind, with at most so many others. */
export interface Lane {
  readonly lane: string
  readonly most: number
}

export interface TurnLimits {
  /** Pieces that run at a time. */
  readonly running: number
  /** Pieces that wait, in all lanes together. */
  readonly waiting: number
}

type Go = () => void

/**
 * Runs pieces of work, at once if it can, else when their turn comes. Lanes take turns, so that a full one holds nobody up
 * but itself; in each it is first come, first served.
 */
export class Turns {
  readonly #limits: TurnLimits
  readonly #refused: () => Error
  /** The lane whose turn it is comes first. */
  readonly #lanes = new Map<string, Go[]>()
  #waiting = 0
  #running = 0

  /** `refused` makes the error for a piece for which there is no room. */
  constructor(limits: TurnLimits, refused: () => Error) {
    this.#limits = limits
    this.#refused = refused
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Settles as the work does; rejects with what `refused` makes when everything, or the lane, is full. */
  async run<T>(work: () => Promise<T>, lane?: Lane): Promise<T> {
    if (this.#running < this.#limits.running) this.#running += 1
    else await this.#turn(lane)
    try {
      return await work()
    } finally {
      const next = this.#next()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #turn({ lane, most }: Lane = { lane: '', most: this.#limits.waiting }): Promise<void> {
    const waiting = this.#lanes.get(lane) ?? []
    if (this.#waiting >= this.#limits.waiting || waiting.length >= most) throw this.#refused()
    this.#lanes.set(lane, waiting)
    this.#waiting += 1
    return new Promise((resolve) => waiting.push(resolve))
  }

  #next(): Go | undefined {
    const [first] = this.#lanes
    if (first === undefined) return undefined
    const [lane, waiting] = first
    this.#lanes.delete(lane)
    const next = waiting.shift()
    if (waiting.length > 0) this.#lanes.set(lane, waiting)
    this.#waiting -= 1
    return next
  }
}
