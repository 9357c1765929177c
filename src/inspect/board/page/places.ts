/**
 * Where the rows of a long list stand, when only those in sight have elements. A row that was never in sight counts as
 * having the usual height. All values are CSS pixels, from the top of the list.
 */
export class Places {
  readonly #known = new Map<string, number>()
  #ids: readonly string[] = []
  /** The top of each row, then the end of the last one. */
  #tops = new Float64Array(1)

  /** Lays the rows out anew, in this order. */
  lay(ids: readonly string[], usual: number): void {
    this.#ids = ids
    this.#tops = new Float64Array(ids.length + 1)
    let top = 0
    for (const [index, id] of ids.entries()) {
      top += this.#known.get(id) ?? usual
      this.#tops[index + 1] = top
    }
  }

  /** Takes the true height of a row. Returns whether it is news; then `lay` is due. */
  measured(id: string, height: number): boolean {
    if (this.#known.get(id) === height) return false
    this.#known.set(id, height)
    return true
  }

  /** Forgets what was measured: the list has another width. */
  forget(): void {
    this.#known.clear()
  }

  get end(): number {
    return this.top(this.#ids.length)
  }

  top(index: number): number {
    return this.#tops[index] ?? 0
  }

  /** The index of the row at this height; at most the number of rows. */
  at(y: number): number {
    let [low, high] = [0, this.#ids.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.top(middle + 1) <= y) low = middle + 1
      else high = middle
    }
    return low
  }
}
