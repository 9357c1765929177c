/** The simulated time. It advances only when all work that needs no time is done, including open requests. */
import type { Clock } from '../../src/engine/ports.ts'

interface Timer {
  readonly time: number
  readonly order: number
  readonly wake: () => void
}

/** Rounds without progress after which an open answer counts as stuck. */
const IDLE_ROUNDS = 500

export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  #timers: Timer[] = []
  #soon: (() => void)[] = []
  #awaited = 0
  /** Called when no work is left at a point in time, before the time advances. */
  whenSettled: () => void = () => undefined

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  at(time: number, wake: () => void): () => void {
    this.#order += 1
    const timer = { time: Math.max(time, this.#now), order: this.#order, wake }
    const after = this.#timers.findLastIndex((each) => each.time <= timer.time)
    this.#timers.splice(after + 1, 0, timer)
    return () => {
      const place = this.#timers.indexOf(timer)
      if (place >= 0) this.#timers.splice(place, 1)
    }
  }

  /** Like `at`, but `ms` milliseconds from now. */
  in(ms: number, wake: () => void): () => void {
    return this.at(this.#now + ms, wake)
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** The time does not advance before the promise has settled. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.#awaited += 1
    const done = () => {
      this.#awaited -= 1
    }
    promise.then(done, done)
    return promise
  }

  /** Does all work that needs no time. Throws when an open answer does not arrive. */
  async settle(): Promise<void> {
    for (let idle = 0; ; ) {
      const ready = this.#soon
      this.#soon = []
      for (const run of ready) run()
      // A turn of the real event loop runs promises and what the HTTP stack defers to the next tick.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#soon.length > 0) idle = 0
      else if (this.#awaited === 0) break
      else if (++idle > IDLE_ROUNDS) throw new Error('an open answer does not arrive')
    }
  }

  /** Advances to `time`. Everything that becomes due before runs at its own time, in order. */
  async advanceTo(time: number): Promise<void> {
    await this.#settled()
    for (let next = this.#timers[0]; next && next.time <= time; next = this.#timers[0]) {
      this.#timers.shift()
      this.#now = next.time
      next.wake()
      // Timers with the same time run before the checks of that time.
      if (this.#timers[0]?.time !== this.#now) await this.#settled()
      else await this.settle()
    }
    this.#now = Math.max(this.#now, time)
  }

  async #settled(): Promise<void> {
    await this.settle()
    this.whenSettled()
  }
}
