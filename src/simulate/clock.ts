/** The clock of a simulation. Time stands still while there is work to do, and then jumps to the next timer. */
import { Timers } from '../clock/timers.ts'
import type { Clock } from '../engine/ports.ts'
import { SimulationFailed } from './failure.ts'

/** Number of microtask rounds without progress after which the simulation counts as stuck. */
const IDLE_ROUNDS_MAX = 10_000

/** Number of timers after which the clock yields to the event loop of Node (signals, progress). */
const YIELD_EVERY = 2000

export class SimulationClock implements Clock {
  #now: number
  readonly #timers = new Timers()
  #soon: (() => void)[] = []
  #awaited = 0
  #events = 0
  #stopped: Error | undefined
  /** Called after each timer, when everything that it caused is done. */
  afterEach: (() => Promise<void>) | undefined

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Number of timers that have fired. */
  get events(): number {
    return this.#events
  }

  at(time: number, wake: () => void): () => void {
    return this.#timers.set(time, wake)
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Time does not advance before `promise` has settled. A rejection ends the simulation. */
  track(promise: Promise<unknown>): void {
    this.#awaited += 1
    promise.then(
      () => {
        this.#awaited -= 1
      },
      (error: unknown) => {
        this.#awaited -= 1
        this.stop(error)
      },
    )
  }

  /** Ends the simulation with an error at the next step. */
  stop(error: unknown): void {
    this.#stopped ??= error instanceof Error ? error : new Error(String(error))
  }

  /**
   * Runs everything that takes no simulated time.
   *
   * @throws the error that stopped the simulation, or SimulationFailed if it is stuck
   */
  async settle(): Promise<void> {
    for (let idle = 0; this.#soon.length > 0 || this.#awaited > 0; idle += 1) {
      if (this.#soon.length > 0) {
        const ready = this.#soon
        this.#soon = []
        for (const run of ready) run()
        idle = 0
      }
      if (this.#awaited > 0) await undefined
      if (idle > IDLE_ROUNDS_MAX) throw new SimulationFailed('the simulation is stuck: the engine does not answer')
    }
    if (this.#stopped) throw this.#stopped
  }

  /** Advances to `time`. Timers that are due until then fire in order, each at its own time. */
  async advanceTo(time: number): Promise<void> {
    await this.settle()
    for (let next = this.#timers.take(time); next; next = this.#timers.take(time)) {
      this.#now = Math.max(this.#now, next.time)
      next.wake()
      await this.settle()
      this.#events += 1
      if (this.afterEach) await this.afterEach()
      if (this.#events % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#now = Math.max(this.#now, time)
  }
}
