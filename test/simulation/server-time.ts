/** What a server's time must be by `src/clock/README.md`: the wall clock at its start plus the time that has passed. */
import type { Machine } from './machine.ts'

/** The server may adjust its time by this share of the time that has passed. */
const STEERING = 1 / 1000
/** In ms, because the time is given in whole milliseconds. */
const ROUNDING = 1

export class ServerTime {
  readonly #machine: Machine
  readonly #clock: { now(): number }
  readonly #wall: number
  readonly #monotonic: number
  #last: number

  /** At the start of the process. */
  constructor(machine: Machine, clock: { now(): number }) {
    this.#machine = machine
    this.#clock = clock
    this.#wall = machine.wall
    this.#monotonic = machine.monotonic
    this.#last = machine.wall
  }

  now(): number {
    return this.#clock.now()
  }

  /** The error of the server's time now. `undefined` when it is right. */
  problem(): string | undefined {
    const now = this.now()
    const last = this.#last
    this.#last = now
    if (now < last) return `the server's time goes back by ${last - now} ms`
    const passed = this.#machine.monotonic - this.#monotonic
    const off = now - this.#wall - passed
    if (Math.abs(off) <= passed * STEERING + ROUNDING) return undefined
    return `${passed} ms after the start the server's time is off by ${off} ms`
  }
}
