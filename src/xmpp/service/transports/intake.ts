import { timeInTurn } from '../../../waiting/present-turn.ts'

/** A connection whose input can be paused. */
export interface Pausable {
  pause(): void
  resume(): void
}

/**
 * The input of one connection. It is paused while the stream is busy with a stanza, so that stanzas are handled one
 * after the other and the amount of waiting input is bounded. It is also paused when this turn of the event loop has done
 * enough.
 */
export class Intake {
  readonly #connection: Pausable
  readonly #handleWaiting: () => void
  readonly #waitsForTime: (until: Promise<void>) => void
  #waits = false
  #hasTime = false

  /**
   * `handleWaiting` is called when waiting input may be handled. `waitsForTime` is called when
   * input waits for a later turn of the event loop.
   */
  constructor(connection: Pausable, handleWaiting: () => void, waitsForTime: (until: Promise<void>) => void) {
    this.#waitsForTime = waitsForTime
    this.#connection = connection
    this.#handleWaiting = handleWaiting
  }

  /** May the stream be given the next piece of input? If not, `handleWaiting` is called when it may. */
  isReady(): boolean {
    if (this.#waits) return false
    const wait = this.#hasTime ? undefined : timeInTurn()
    if (wait !== undefined) this.#waitsForTurn(wait)
    this.#hasTime = false
    return !this.#waits
  }

  #waitsForTurn(wait: Promise<void>): void {
    this.#waitsForTime(wait)
    const proceeds = () => {
      // It waited for this turn, so it may have one piece without asking again.
      this.#hasTime = true
    }
    this.waitFor(wait.then(proceeds))
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
