/** Requests that are being answered. */

export class RunningRequests {
  #count = 0
  #waiting: (() => void)[] = []
  #isEnding = false

  /** No more are wanted. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  end(): void {
    this.#isEnding = true
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
