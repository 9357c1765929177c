/** The aggregates by the time of their next deadline. The heap may have outdated entries, which are skipped. */
import { Heap } from '../heap.ts'

interface Entry {
  readonly due: number
  readonly id: string
}

/** For equal times the id decides, so that the same state always gives the same order. */
const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.id < b.id)

export class WakeIndex {
  readonly #due = new Map<string, number>()
  readonly #heap = new Heap(isBefore)

  /** Sets the next deadline of an aggregate (ms); `undefined` for none. */
  set(id: string, due: number | undefined): void {
    if (this.#due.get(id) === due) return
    if (due === undefined) {
      this.#due.delete(id)
      return
    }
    this.#due.set(id, due)
    this.#heap.push({ due, id })
    // Removes outdated entries when there are too many.
    if (this.#heap.size > 64 && this.#heap.size > 4 * this.#due.size)
      this.#heap.replace([...this.#due].map(([each, at]) => ({ due: at, id: each })))
  }

  /** Time of the earliest deadline (ms); `undefined` if there is none. */
  next(): number | undefined {
    for (let top = this.#heap.first; top; top = this.#heap.first) {
      if (this.#due.get(top.id) === top.due) return top.due
      this.#heap.pop()
    }
    return undefined
  }

  /** The earliest deadline if it is due at `time` (ms) or before. It stays in the index until the next `set`. */
  dueUpTo(time: number): { readonly due: number; readonly id: string } | undefined {
    const due = this.next()
    return due === undefined || due > time ? undefined : this.#heap.first
  }
}
