type Step = () => Promise<void> | undefined

/** The work of the requests of one session, done one step after the other. */
export class Steps {
  readonly #waiting: Step[] = []
  readonly #paused: () => void
  #isBusy = false

  /** `paused` is called when all steps are done, or when a step is busy. */
  constructor(paused: () => void) {
    this.#paused = paused
  }

  /** A step has returned a promise that has not settled. The next step waits for it. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Adds a step. It is done with the next `proceed`, or later. It must not reject. */
  add(step: Step): void {
    this.#waiting.push(step)
  }

  /** Drops the steps that are not begun. */
  clear(): void {
    this.#waiting.length = 0
  }

  proceed(): void {
    while (!this.#isBusy) {
      const step = this.#waiting.shift()
      if (!step) break
      const work = step()
      if (work) this.#waitFor(work)
    }
    this.#paused()
  }

  #waitFor(work: Promise<void>): void {
    this.#isBusy = true
    const resume = () => {
      this.#isBusy = false
      this.proceed()
    }
    work.then(resume, resume)
  }
}
