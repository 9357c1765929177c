/** Positions of the columns of the sequence diagram in CSS pixels. */
import type { Message, Sequence } from '../model/messages.ts'

const TIME = 92
/** Width after the last column, for the state after a message. */
const RESULT = 150
const NARROWEST = 96
const WIDEST = 190

export class ColumnGrid {
  readonly #numbers: Sequence['numbers']
  readonly count: number
  readonly column: number
  readonly width: number

  /** The columns use the available width, within limits. */
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

  /** The left and right end of a message, from its arrow to the state after it. */
  spanOf(message: Message | undefined): readonly [number, number] | undefined {
    if (message === undefined) return undefined
    const ends = [this.of(message.from), this.of(message.to)]
    return [Math.min(...ends) - this.column / 2, Math.max(...ends) + RESULT]
  }
}
