/** The computer that the system runs on: simulated time, and a wall clock that can be changed. */
import type { TimeSource } from '../../src/clock/system-clock.ts'
import type { SimulatedClock } from './clock.ts'
import type { Owner } from './disk.ts'

export class Machine {
  readonly #clock: SimulatedClock
  #set = 0

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  /** The time that has passed, independent of the wall clock. */
  get monotonic(): number {
    return this.#clock.now()
  }

  get wall(): number {
    return this.#clock.now() + this.#set
  }

  setWall(by: number): void {
    this.#set += by
  }

  /** The time source of a process. Timers of a dead process do not run. */
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
