/** The aggregates that have changed since their last snapshot, ordered by the time of their last change. */
export class IdleIndex {
  /** Time of the last change (ms), oldest first. A `Map` keeps the order in which entries were added. */
  readonly #touched = new Map<string, number>()

  touched(id: string, at: number): void {
    this.#touched.delete(id)
    this.#touched.set(id, at)
  }

  /** A snapshot of the aggregate was written, or the aggregate was deleted. */
  settled(id: string): void {
    this.#touched.delete(id)
  }

  /** Time of the oldest change (ms); `undefined` if no aggregate has changed since its snapshot. */
  oldest(): number | undefined {
    const [first] = this.#touched.values()
    return first
  }

  /** At most `most` aggregates that have not changed since `time` (ms), oldest change first. */
  untouchedSince(time: number, most: number): readonly string[] {
    const found: string[] = []
    for (const [id, at] of this.#touched) {
      if (at > time || found.length >= most) break
      found.push(id)
    }
    return found
  }
}
