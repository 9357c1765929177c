/** The machine that the system runs on: time passes as the simulation says, and somebody sets the wall clock besides. */
import type { TimeSource } from '../../src/clock/system-clock.ts'
import type { SimulatedClock } from './clock.ts'
import type { Owner } from './disk.ts'

export class Machine {
  readonly #clock: SimulatedClock
  #set = 0

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  /** Time that has passed, whatever the wall clock says. */
  get monotonic(): number {
    return this.#clock.now()
  }

  get wall(): number {
    return this.#clock.now() + this.#set
  }

  setWall(by: number): void {
    this.#set += by
  }

  /** As a process sees it; nothing rings in a dead one. */
  timeOf(process: Owner): TimeSource {
    return {
      wall: () => this.wall,
      monotonic: () => this.monotonic,
      uptime: () => this.monotonic,
      after: (ms, run) =>
        this.#clock.in(Math.ceil(ms), () => {
          if (process.isAlive) run()
        }),
    }
  }
}
