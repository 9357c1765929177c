/** Lets a bounded number of pieces of work run at a time; the others wait in order, and a bounded number of them too. */
export class Turns {
  readonly #limit: number
  readonly #waitingLimit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number, waitingLimit: number) {
    this.#limit = limit
    this.#waitingLimit = waitingLimit
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `work` when its turn comes, at once if it can; rejects when too much is waiting already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await this.#turn()
    else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingLimit)
      return Promise.reject(new Error('too many publications are waiting'))
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}
