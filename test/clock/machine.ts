/** A machine whose clocks a test controls. */
import type { TimeSource } from '../../src/clock/time-source.ts'
import { Timers } from '../../src/clock/timers.ts'

export const BEGIN = Date.UTC(2026, 2, 1, 9)

export class Machine implements TimeSource {
  /** Wall clock time without the time that has passed, in ms. */
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

  /** Lets real time pass and runs the timeouts that end. */
  pass(ms: number): void {
    const end = this.#awake + ms
    for (let next = this.#timeouts.take(end); next; next = this.#timeouts.take(end)) {
      this.#awake = Math.max(this.#awake, next.time)
      next.wake()
    }
    this.#awake = end
  }

  /** Sets the wall clock forward by so many ms, or back when negative. */
  setWall(by: number): void {
    this.#set += by
  }

  suspend(ms: number): void {
    this.#asleep += ms
  }

  /** Number of pending timeouts. */
  get timeouts(): number {
    return this.#timeouts.size
  }
}
