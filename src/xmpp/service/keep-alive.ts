import type { Clock } from '../../engine/ports.ts'

/**
 * Watches one stream for silence (`notifications 10`): pings it after half of the idle time and ends it after the
 * whole. Only one timer is set at a time, even under heavy traffic.
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

  /** Notes that there was input. */
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
