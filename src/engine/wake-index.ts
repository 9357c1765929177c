/** Which aggregate wants to be woken next. A binary heap; entries that no longer hold are passed over when they come up. */

interface Entry {
  readonly due: number
  readonly id: string
}

export class WakeIndex {
  readonly #due = new Map<string, number>()
  #heap: Entry[] = []

  /** `due` (ms) replaces what was known of `id`; `undefined` for "never". */
  set(id: string, due: number | undefined): void {
    if (this.#due.get(id) === due) return
    if (due === undefined) {
      this.#due.delete(id)
      return
    }
    this.#due.set(id, due)
    this.#push({ due, id })
    // Stale entries must not pile up.
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#due.size) this.#rebuild()
  }

  /** Earliest time at which somebody is to be woken. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#due.get(top.id) === top.due) return top.due
      this.#pop()
    }
    return undefined
  }

  /** Whoever is due first, up to `time`; of equal ones the id decides. Stays in the index until `set` again. */
  dueUpTo(time: number): { readonly due: number; readonly id: string } | undefined {
    const due = this.next()
    return due === undefined || due > time ? undefined : this.#heap[0]
  }

  #rebuild(): void {
    this.#heap = []
    for (const [id, due] of this.#due) this.#push({ due, id })
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !isBefore(entry, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (heap.length === 0 || !last) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const a = heap[left]
      const b = heap[left + 1]
      const child = a && b && isBefore(b, a) ? left + 1 : left
      const least = heap[child]
      if (!least || !isBefore(least, last)) break
      heap[at] = least
      at = child
    }
    heap[at] = last
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.id < b.id)
