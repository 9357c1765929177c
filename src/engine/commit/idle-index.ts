/** Which aggregates have changed since their last snapshot, the longest untouched first. */
export class IdleIndex {
  /** Time of the last change, oldest first: a `Map` keeps the order in which entries were set. */
  readonly #touched = new Map<string, number>()

  touched(id: string, at: number): void {
    this.#touched.delete(id)
    this.#touched.set(id, at)
  }

  /** A snapshot was written, or the aggregate is gone. */
  settled(id: string): void {
    this.#touched.delete(id)
  }

  /** Time of the oldest change; `undefined` when every aggregate is as its snapshot says. */
  oldest(): number | undefined {
    const [first] = this.#touched.values()
    return first
  }

  /** At most `most` aggregates untouched since `time` (ms), the longest untouched first. */
  untouchedSince(time: number, most: number): readonly string[] {
    const found: string[] = []
    for (const [id, at] of this.#touched) {
      if (at > time || found.length >= most) break
      found.push(id)
    }
    return found
  }
}
