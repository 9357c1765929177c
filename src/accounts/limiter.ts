/** A few computations at a time, a bounded number in wait. */

/** More sign-ins wait than the server is ready to keep; the caller should answer "try again". */
export class AccountsBusyError extends Error {
  override readonly name = 'AccountsBusyError'
}

/** Runs at most `parallel` tasks at once, in the order they came, and keeps at most `waiting` more. */
export class Limiter {
  readonly #parallel: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(parallel: number, waiting: number) {
    this.#parallel = parallel
    this.#maxWaiting = waiting
  }

  /** @throws AccountsBusyError when the queue is full. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#parallel) this.#running += 1
    else await this.#turn()
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) throw new AccountsBusyError('too many sign-ins at once')
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
