/** What a server's own time has to be, counted from `src/clock/README.md`: the wall clock at its start, and what has passed. */
import type { Machine } from './machine.ts'

/** It may be steered by this share of the time that has passed. */
const STEERING = 1 / 1000
/** It is told in whole milliseconds. */
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

  /** What is wrong with it now; `undefined` when nothing is. */
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
