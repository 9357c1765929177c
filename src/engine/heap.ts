/** A binary heap. Reading the first entry takes constant time, adding and removing logarithmic time. */
export class Heap<Entry> {
  readonly #isBefore: (a: Entry, b: Entry) => boolean
  #entries: Entry[] = []

  /** `isBefore`: a strict order. If the order of equal entries matters, it has to decide between them too. */
  constructor(isBefore: (a: Entry, b: Entry) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#entries.length
  }

  /** The entry that comes before all others. */
  get first(): Entry | undefined {
    return this.#entries[0]
  }

  push(entry: Entry): void {
    const entries = this.#entries
    let at = entries.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = entries[parent]
      if (above === undefined || !this.#isBefore(entry, above)) break
      entries[at] = above
      at = parent
    }
    entries[at] = entry
  }

  /** Removes the first entry. */
  pop(): void {
    const entries = this.#entries
    const last = entries.pop()
    if (entries.length === 0 || last === undefined) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const a = entries[left]
      const b = entries[left + 1]
      const child = a !== undefined && b !== undefined && this.#isBefore(b, a) ? left + 1 : left
      const least = entries[child]
      if (least === undefined || !this.#isBefore(least, last)) break
      entries[at] = least
      at = child
    }
    entries[at] = last
  }

  /** Replaces all entries by these. */
  replace(entries: Iterable<Entry>): void {
    const kept = [...entries]
    this.#entries = []
    for (const entry of kept) this.push(entry)
  }

  /** All entries, in no particular order. */
  values(): Iterable<Entry> {
    return this.#entries
  }
}
