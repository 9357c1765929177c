/** A few computations at a time, a bounded number in wait, and everybody in turn. */

/** More sign-ins wait than the server is ready to keep; the caller should answer "try again". */
export class AccountsBusyError extends Error {
  override readonly name = 'AccountsBusyError'
}

/** Where a task waits: in a lane of its own kind, with at most so many others. */
export interface Turn {
  readonly lane: string
  readonly most: number
}

type Go = () => void

/**
 * Runs at most `parallel` tasks at once, and keeps at most `waiting` more. Lanes take turns, so that a full one holds
 * nobody up but itself; in each it is first come, first served.
 */
export class Limiter {
  readonly #parallel: number
  readonly #maxWaiting: number
  /** The lane whose turn it is comes first. */
  readonly #lanes = new Map<string, Go[]>()
  #waiting = 0
  #running = 0

  constructor(parallel: number, waiting: number) {
    this.#parallel = parallel
    this.#maxWaiting = waiting
  }

  /** @throws AccountsBusyError when the queue or the lane is full. */
  async run<T>(task: () => Promise<T>, turn?: Turn): Promise<T> {
    if (this.#running < this.#parallel) this.#running += 1
    else await this.#turn(turn)
    try {
      return await task()
    } finally {
      const next = this.#next()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #turn({ lane, most }: Turn = { lane: '', most: this.#maxWaiting }): Promise<void> {
    const waiting = this.#lanes.get(lane) ?? []
    if (this.#waiting >= this.#maxWaiting || waiting.length >= most)
      throw new AccountsBusyError('too many sign-ins at once')
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
