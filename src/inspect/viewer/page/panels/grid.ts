/** Where the columns of the sequence diagram are; CSS pixels. */
import type { Message, Sequence } from '../model/messages.ts'

const TIME = 92
/** For the state that a message led to, behind the last column. */
const RESULT = 150
const NARROWEST = 96
const WIDEST = 190

export class ColumnGrid {
  readonly #numbers: Sequence['numbers']
  readonly count: number
  readonly column: number
  readonly width: number

  /** Columns are as wide as there is room, within bounds. */
  constructor({ columns, numbers }: Sequence, room: number) {
    this.#numbers = numbers
    this.count = columns.length
    const fair = Math.floor((room - TIME - RESULT) / Math.max(1, this.count))
    this.column = Math.min(WIDEST, Math.max(NARROWEST, fair))
    this.width = TIME + this.count * this.column + RESULT
  }

  middle(column: number): number {
    return TIME + column * this.column + this.column / 2
  }

  of(session: string): number {
    return this.middle(this.#numbers.get(session) ?? 0)
  }

  /** From the left end of its arrow to the state that it led to. */
  spanOf(message: Message | undefined): readonly [number, number] | undefined {
    if (message === undefined) return undefined
    const ends = [this.of(message.from), this.of(message.to)]
    return [Math.min(...ends) - this.column / 2, Math.max(...ends) + RESULT]
  }
}
