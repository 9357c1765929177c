import type { Clock } from '../../engine/ports.ts'

/**
 * Limits the time that a client has to sign in and bind. The time in which it waits for the server does not count: for
 * the check of its password, and for its turn.
 */
export class SignInTime {
  readonly #clock: Clock
  readonly #cancel: () => void
  /** Time of finished waits, in ms. */
  #waited = 0
  #waits = 0
  #since = 0

  constructor(clock: Clock, ms: number, isOver: () => void) {
    const begun = clock.now()
    let cancel: () => void = () => undefined
    const look = () => {
      const end = begun + ms + this.#waitedUntilNow()
      if (clock.now() < end) cancel = clock.at(end, look)
      else isOver()
    }
    cancel = clock.at(begun + ms, look)
    this.#clock = clock
    this.#cancel = () => cancel()
  }

  /** The client waits for the server until this promise settles. */
  waits(until: Promise<void>): void {
    if (this.#waits === 0) this.#since = this.#clock.now()
    this.#waits += 1
    const end = () => {
      this.#waited = this.#waitedUntilNow()
      this.#since = this.#clock.now()
      this.#waits -= 1
    }
    until.then(end, end)
  }

  stop(): void {
    this.#cancel()
  }

  #waitedUntilNow(): number {
    return this.#waits === 0 ? this.#waited : this.#waited + this.#clock.now() - this.#since
  }
}
