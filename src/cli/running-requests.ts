/** Counts the requests that are being answered, so that a stop can wait for them. */

export class RunningRequests {
  #count = 0
  #waiting: (() => void)[] = []
  #isEnding = false
  #mayBeAnswered: Promise<void> = Promise.resolve()

  /** True when new requests are refused. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  end(): void {
    this.#isEnding = true
  }

  /** Resolves when refused requests may be answered. */
  get mayBeAnswered(): Promise<void> {
    return this.#mayBeAnswered
  }

  /** Holds back the answers to refused requests until `time` resolves. */
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

  /** Resolves when no request is running. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
