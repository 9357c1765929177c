/** Timers in the order in which they are due. They are kept in a heap, so there may be millions of them. */
import { Heap } from '../engine/heap.ts'

interface Timer {
  readonly time: number
  readonly order: number
  /** `undefined` when the timer was cancelled or has run. */
  wake: (() => void) | undefined
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

/** Cancelled timers are removed from the heap when there are more than this, and more than other timers. */
const STALE = 64

export class Timers {
  #order = 0
  #cancelled = 0
  readonly #heap = new Heap(isBefore)

  /** Number of set timers. */
  get size(): number {
    return this.#heap.size - this.#cancelled
  }

  /** Time of the timer that is due first; `undefined` when there is none. */
  get next(): number | undefined {
    for (let first = this.#heap.first; first; first = this.#heap.first) {
      if (first.wake) return first.time
      this.#heap.pop()
      this.#cancelled -= 1
    }
    return undefined
  }

  /** Sets a timer. Timers of the same time run in the order in which they were set. The result cancels it. */
  set(time: number, wake: () => void): () => void {
    this.#order += 1
    const timer: Timer = { time, order: this.#order, wake }
    this.#heap.push(timer)
    return () => this.#cancel(timer)
  }

  /** Removes and returns the next timer that is due at or before `time`; `undefined` when there is none. */
  take(time: number): { readonly time: number; readonly wake: () => void } | undefined {
    for (let next = this.#heap.first; next && next.time <= time; next = this.#heap.first) {
      this.#heap.pop()
      const { wake } = next
      if (wake) {
        next.wake = undefined
        return { time: next.time, wake }
      }
      this.#cancelled -= 1
    }
    return undefined
  }

  #cancel(timer: Timer): void {
    if (!timer.wake) return
    timer.wake = undefined
    this.#cancelled += 1
    if (this.#cancelled <= STALE || this.#cancelled * 2 <= this.#heap.size) return
    this.#cancelled = 0
    this.#heap.replace([...this.#heap.values()].filter(({ wake }) => wake))
  }
}
