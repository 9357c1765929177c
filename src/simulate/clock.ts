/** Time of a simulation: it stands still while there is anything to do, then jumps to what comes next. */
import { Timers } from '../clock/timers.ts'
import type { Clock } from '../engine/ports.ts'

/** Rounds of microtasks without any progress after which an answer that is awaited counts as stuck. */
const PATIENCE = 10_000

/** So many timers between two looks at the outside world: signals, progress. */
const BREATH = 2000

export class SimulationClock implements Clock {
  #now: number
  readonly #timers = new Timers()
  #soon: (() => void)[] = []
  #awaited = 0
  #events = 0
  #stopped: Error | undefined
  /** Called after each timer and all that it led to. */
  afterEach: (() => Promise<void>) | undefined

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Timers that went off so far. */
  get events(): number {
    return this.#events
  }

  at(time: number, wake: () => void): () => void {
    return this.#timers.set(time, wake)
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Time does not go on before this has settled; what it rejects with ends the simulation. */
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

  /** Everything that needs no time. */
  async settle(): Promise<void> {
    for (let idle = 0; this.#soon.length > 0 || this.#awaited > 0; idle += 1) {
      if (this.#soon.length > 0) {
        const ready = this.#soon
        this.#soon = []
        for (const run of ready) run()
        idle = 0
      }
      if (this.#awaited > 0) await undefined
      if (idle > PATIENCE) throw new Error('an answer does not come: the simulation is stuck')
    }
    if (this.#stopped) throw this.#stopped
  }

  /** Goes on to `time`; whatever is due until then happens at its own time, in order. */
  async advanceTo(time: number): Promise<void> {
    await this.settle()
    for (let next = this.#timers.take(time); next; next = this.#timers.take(time)) {
      this.#now = Math.max(this.#now, next.time)
      next.wake()
      await this.settle()
      this.#events += 1
      if (this.afterEach) await this.afterEach()
      if (this.#events % BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#now = Math.max(this.#now, time)
  }
}
