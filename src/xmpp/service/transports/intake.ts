/** What a connection can do about its input. */
export interface Pausable {
  pause(): void
  resume(): void
}

/**
 * The input of one connection: it stops while the stream is busy with a stanza, so that stanzas are handled one after the
 * other and what waits meanwhile is bounded.
 */
export class Intake {
  readonly #connection: Pausable
  readonly #goOn: () => void
  #waits = false

  /** `goOn` is called when input that was left standing may be handled. */
  constructor(connection: Pausable, goOn: () => void) {
    this.#connection = connection
    this.#goOn = goOn
  }

  /** Is the stream busy? Nothing may be handed to it then. */
  get waits(): boolean {
    return this.#waits
  }

  /** Stops until the work, if there is any, has come to its end, good or bad. */
  waitFor(work: Promise<void> | undefined): void {
    if (work === undefined) return
    this.#waits = true
    this.#connection.pause()
    const resume = () => {
      this.#waits = false
      this.#connection.resume()
      this.#goOn()
    }
    work.then(resume, resume)
  }
}
