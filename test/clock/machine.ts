/** A machine whose clocks are in the hands of a test. */
import type { TimeSource } from '../../src/clock/time-source.ts'
import { Timers } from '../../src/clock/timers.ts'

export const BEGIN = Date.UTC(2026, 2, 1, 9)

export class Machine implements TimeSource {
  /** What the wall clock says beside the time that has passed. */
  #set = BEGIN
  #awake = 0
  #asleep = 0
  readonly #timeouts = new Timers()

  wall(): number {
    return this.#set + this.#awake + this.#asleep
  }

  monotonic(): number {
    return this.#awake
  }

  uptime(): number {
    return 5_000_000 + this.#awake + this.#asleep
  }

  after(ms: number, run: () => void): () => void {
    return this.#timeouts.set(this.#awake + ms, run)
  }

  /** Real time passes, and timeouts end. */
  pass(ms: number): void {
    const end = this.#awake + ms
    for (let next = this.#timeouts.take(end); next; next = this.#timeouts.take(end)) {
      this.#awake = Math.max(this.#awake, next.time)
      next.wake()
    }
    this.#awake = end
  }

  /** Somebody sets the wall clock. */
  setWall(by: number): void {
    this.#set += by
  }

  suspend(ms: number): void {
    this.#asleep += ms
  }

  /** Timeouts that are set. */
  get timeouts(): number {
    return this.#timeouts.size
  }
}
