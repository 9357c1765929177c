/** Timers in the order in which they are due: a binary heap, so that millions of them are nothing special. */

interface Timer {
  readonly time: number
  readonly order: number
  /** `undefined`: cancelled, or gone off. */
  wake: (() => void) | undefined
}

/** So many cancelled timers may lie about, and as many as there are others. */
const STALE = 64

export class Timers {
  #order = 0
  #cancelled = 0
  #heap: Timer[] = []

  /** Timers that are set. */
  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  /** Timers of the same time go off in the order in which they were set. The returned function cancels. */
  set(time: number, wake: () => void): () => void {
    this.#order += 1
    const timer: Timer = { time, order: this.#order, wake }
    this.#push(timer)
    return () => this.#cancel(timer)
  }

  /** Takes the next timer that is due up to `time`; `undefined` when there is none. */
  take(time: number): { readonly time: number; readonly wake: () => void } | undefined {
    for (let next = this.#heap[0]; next && next.time <= time; next = this.#heap[0]) {
      this.#pop()
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
    if (this.#cancelled <= STALE || this.#cancelled * 2 <= this.#heap.length) return
    const standing = this.#heap.filter(({ wake }) => wake)
    this.#heap = []
    this.#cancelled = 0
    for (const each of standing) this.#push(each)
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || isBefore(above, timer)) break
      heap[at] = above
      at = parent
    }
    heap[at] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (heap.length === 0 || !last) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [a, b] = [heap[left], heap[left + 1]]
      const child = a && b && isBefore(b, a) ? left + 1 : left
      const least = heap[child]
      if (!least || isBefore(last, least)) break
      heap[at] = least
      at = child
    }
    heap[at] = last
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)
