/** Which aggregate wants to be woken next. Entries that no longer hold are passed over when they come up. */
import { Heap } from '../heap.ts'

interface Entry {
  readonly due: number
  readonly id: string
}

/** Of equal times the id decides, so that the same state always wakes the same aggregate. */
const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.id < b.id)

export class WakeIndex {
  readonly #due = new Map<string, number>()
  readonly #heap = new Heap(isBefore)

  /** `due` (ms) replaces what was known of `id`; `undefined` for "never". */
  set(id: string, due: number | undefined): void {
    if (this.#due.get(id) === due) return
    if (due === undefined) {
      this.#due.delete(id)
      return
    }
    this.#due.set(id, due)
    this.#heap.push({ due, id })
    // Stale entries must not pile up.
    if (this.#heap.size > 64 && this.#heap.size > 4 * this.#due.size)
      this.#heap.replace([...this.#due].map(([each, at]) => ({ due: at, id: each })))
  }

  /** Earliest time at which somebody is to be woken. */
  next(): number | undefined {
    for (let top = this.#heap.first; top; top = this.#heap.first) {
      if (this.#due.get(top.id) === top.due) return top.due
      this.#heap.pop()
    }
    return undefined
  }

  /** Whoever is due first, up to `time`; of equal ones the id decides. Stays in the index until `set` again. */
  dueUpTo(time: number): { readonly due: number; readonly id: string } | undefined {
    const due = this.next()
    return due === undefined || due > time ? undefined : this.#heap.first
  }
}
