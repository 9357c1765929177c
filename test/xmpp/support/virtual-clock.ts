import type { Clock } from '../../../src/engine/ports.ts'

/** A clock that moves only when `advance` is called. */
export class VirtualClock implements Clock {
  #now: number
  #deadlines: { time: number; wake: () => void }[] = []

  constructor(start = 1_700_000_000_000) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  at(time: number, wake: () => void): () => void {
    const deadline = { time, wake }
    this.#deadlines.push(deadline)
    return () => {
      this.#deadlines = this.#deadlines.filter((other) => other !== deadline)
    }
  }

  soon(run: () => void): void {
    setImmediate(run)
  }

  /** Advances the time and calls the deadlines that become due, in order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (;;) {
      const [next] = this.#deadlines.filter((deadline) => deadline.time <= end).sort((a, b) => a.time - b.time)
      if (next === undefined) break
      this.#deadlines = this.#deadlines.filter((deadline) => deadline !== next)
      this.#now = Math.max(this.#now, next.time)
      next.wake()
    }
    this.#now = end
  }
}
