/** Limits how many pieces of work run at a time. The others wait in order, and their number is limited too. */

/** The queue in which a piece of work waits. `most`: most pieces that may wait in it. */
export interface Lane {
  readonly lane: string
  readonly most: number
}

export interface TurnLimits {
  /** Most pieces that run at a time. */
  readonly running: number
  /** Most pieces that wait, in all lanes together. */
  readonly waiting: number
}

type Go = () => void

/**
 * Runs pieces of work at once if there is room, else in turn. The lanes take turns, so that a full lane does not delay
 * the others. Within a lane the order is first come, first served.
 */
export class Turns {
  readonly #limits: TurnLimits
  readonly #refused: () => Error
  /** The waiting pieces by lane. The lane whose turn is next comes first. */
  readonly #lanes = new Map<string, Go[]>()
  #waiting = 0
  #running = 0

  /** `refused` creates the error for a piece of work that finds no room to wait. */
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

  /**
   * Runs a piece of work and settles like it. Rejects with the error of `refused` when the lane, or all of them, is
   * full.
   */
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
