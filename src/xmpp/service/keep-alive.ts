import type { Clock } from '../../engine/ports.ts'

/**
 * Watches one stream for silence (`notifications 10`): pings it at half of the idle time and gives it up at the whole.
 * One deadline is armed at a time, whatever the traffic.
 */
export class KeepAlive {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #ping: () => void
  readonly #expire: () => void
  #lastInput: number
  #pinged = false
  #cancel: () => void = () => undefined

  constructor(clock: Clock, idleMs: number, ping: () => void, expire: () => void) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#ping = ping
    this.#expire = expire
    this.#lastInput = clock.now()
    this.#arm()
  }

  /** There was input. */
  touch(): void {
    this.#lastInput = this.#clock.now()
    this.#pinged = false
  }

  stop(): void {
    this.#cancel()
  }

  #arm(): void {
    const due = this.#lastInput + (this.#pinged ? this.#idleMs : this.#idleMs / 2)
    this.#cancel = this.#clock.at(due, () => this.#wake())
  }

  #wake(): void {
    const silence = this.#clock.now() - this.#lastInput
    if (this.#pinged && silence >= this.#idleMs) {
      this.#expire()
      return
    }
    if (!this.#pinged && silence >= this.#idleMs / 2) {
      this.#pinged = true
      this.#ping()
    }
    this.#arm()
  }
}
