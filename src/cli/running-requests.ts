/** Requests that are being answered. */

export class RunningRequests {
  #count = 0
  #waiting: (() => void)[] = []
  #isEnding = false
  #mayBeAnswered: Promise<void> = Promise.resolve()

  /** No more are wanted. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  end(): void {
    this.#isEnding = true
  }

  /** Who is refused hears of it when this resolves. */
  get mayBeAnswered(): Promise<void> {
    return this.#mayBeAnswered
  }

  /** Nobody who is refused hears of it before; resolves then. */
  holdUntil(time: Promise<void>): Promise<void> {
    this.#mayBeAnswered = time
    return time
  }

  began(): void {
    this.#count += 1
  }

  ended(): void {
    this.#count -= 1
    if (this.#count > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Resolves when nothing is running. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
