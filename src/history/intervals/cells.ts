/** The cells of a report: figures by interval and subject. */

/** The span of a report. Times in ms since 1970 UTC; the intervals begin at whole multiples of `every`. */
export interface Frame {
  readonly from: number
  readonly to: number
  readonly every: number
}

/** Makes and finds the cells of one subject. Cells in which nothing happened do not exist. */
export class Cells<Cell> {
  readonly #frame: Frame
  readonly #make: (from: number) => Cell
  readonly #cells = new Map<number, Cell>()

  constructor(frame: Frame, make: (from: number) => Cell) {
    this.#frame = frame
    this.#make = make
  }

  /** Changes the cell of a moment, if the report has it. */
  at(moment: number, change: (cell: Cell) => void): void {
    const { from, to } = this.#frame
    if (moment >= from && moment < to) change(this.#cellOf(moment))
  }

  /** Shares the time from `since` to `until` out to the intervals. */
  during(since: number, until: number, add: (cell: Cell, ms: number) => void): void {
    const { from, to, every } = this.#frame
    const end = Math.min(until, to)
    for (let at = Math.max(since, from); at < end; ) {
      const next = Math.min(end, (Math.floor(at / every) + 1) * every)
      add(this.#cellOf(at), next - at)
      at = next
    }
  }

  /** In the order of time. */
  get all(): readonly Cell[] {
    return [...this.#cells].sort(([a], [b]) => a - b).map(([, cell]) => cell)
  }

  #cellOf(moment: number): Cell {
    const begin = Math.floor(moment / this.#frame.every) * this.#frame.every
    const known = this.#cells.get(begin)
    if (known) return known
    const made = this.#make(begin)
    this.#cells.set(begin, made)
    return made
  }
}
