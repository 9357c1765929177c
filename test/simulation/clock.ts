/** Time of the simulation. It stands still until everything that needs no time is done, requests under way included. */
import type { Clock } from '../../src/engine/ports.ts'

interface Timer {
  readonly time: number
  readonly order: number
  readonly wake: () => void
}

/** Rounds without any progress after which an answer that is awaited counts as stuck. */
const IDLE_ROUNDS = 500

export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  #timers: Timer[] = []
  #soon: (() => void)[] = []
  #awaited = 0
  /** Called when nothing is left to do at a moment, before time goes on. */
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

  /** `at`, so many milliseconds from now. */
  in(ms: number, wake: () => void): () => void {
    return this.at(this.#now + ms, wake)
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Time does not go on before this has settled. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.#awaited += 1
    const done = () => {
      this.#awaited -= 1
    }
    promise.then(done, done)
    return promise
  }

  /** Everything that needs no time. Throws when an answer that is awaited does not come. */
  async settle(): Promise<void> {
    for (let idle = 0; ; ) {
      const ready = this.#soon
      this.#soon = []
      for (const run of ready) run()
      // A turn of the real event loop: promises, and what the HTTP stack defers to the next tick.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#soon.length > 0) idle = 0
      else if (this.#awaited === 0) break
      else if (++idle > IDLE_ROUNDS) throw new Error('an answer that is awaited does not come')
    }
  }

  /** Goes on to `time`; whatever is due on the way happens at its own time, in order. */
  async advanceTo(time: number): Promise<void> {
    await this.#settled()
    for (let next = this.#timers[0]; next && next.time <= time; next = this.#timers[0]) {
      this.#timers.shift()
      this.#now = next.time
      next.wake()
      // What is due at the same moment belongs to the same moment.
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
