/** A connection whose input can be paused. */
export interface Pausable {
  pause(): void
  resume(): void
}

/**
 * The input of one connection. It is paused while the stream is busy with a stanza, so that stanzas are handled one
 * after the other and the amount of waiting input is bounded.
 */
export class Intake {
  readonly #connection: Pausable
  readonly #handleWaiting: () => void
  #waits = false

  /** `handleWaiting` is called when waiting input may be handled. */
  constructor(connection: Pausable, handleWaiting: () => void) {
    this.#connection = connection
    this.#handleWaiting = handleWaiting
  }

  /** Is the stream busy? Then it must not be given more input. */
  get waits(): boolean {
    return this.#waits
  }

  /** Pauses the input until `work` has settled. Does nothing without work. */
  waitFor(work: Promise<void> | undefined): void {
    if (work === undefined) return
    this.#waits = true
    this.#connection.pause()
    const resume = () => {
      this.#waits = false
      this.#connection.resume()
      this.#handleWaiting()
    }
    work.then(resume, resume)
  }
}
