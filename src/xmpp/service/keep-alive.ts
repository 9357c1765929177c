import type { Clock } from '../../engine/ports.ts'

/**
 * Watches one stream for silence (`notifications 10`): pings it after half of the idle time and ends it after the
 * whole. Only one timer is set at a time, even under heavy traffic.
 */
export class KeepAlive {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #ping: () => void
  readonly #expire: () => boolean
  #lastInput: number
  #pinged = false
  #cancel: () => void = () => undefined

  /** `expire` returns false if the stream has to go on. */
  constructor(clock: Clock, idleMs: number, ping: () => void, expire: () => boolean) {
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
      if (this.#expire()) return
      this.touch()
    } else if (!this.#pinged && silence >= this.#idleMs / 2) {
      this.#pinged = true
      this.#ping()
    }
    this.#arm()
  }
}
