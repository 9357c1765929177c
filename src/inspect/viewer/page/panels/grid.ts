/** Positions of the columns of the sequence diagram in CSS pixels. They have room for every text, so none is cut. */

import { originText } from '../look/format.ts'
import { widthOf } from '../look/measure.ts'
import { OUTSIDE } from '../model/columns.ts'
import type { Message, Sequence } from '../model/messages.ts'

const TIME = 92
const NARROWEST = 96
const WIDEST = 190
/** Beside a text, at an arrow and in a head. */
const BESIDE = 22
/** Length of the loop for a message of an actor to itself. */
export const LOOP = 20
/** Padding of a state, and the gap after it. */
const CHIP = 24

/** The fonts in `style/4-messages.css`. */
const FONTS = {
  text: '12px system-ui, sans-serif',
  head: '600 13px system-ui, sans-serif',
  chip: '600 12px system-ui, sans-serif',
  origin: '13px system-ui, sans-serif',
} as const

/** The state after a message, if it is another one than before; else empty. */
export function newsOf({ result, before }: Message): string {
  const state = result?.seen?.state ?? ''
  return state === before?.seen?.state ? '' : state
}

/** Who or what caused the first message of an input; else empty. */
export const originOf = ({ begins, from, moment }: Message): string =>
  begins && from === OUTSIDE && moment.origin !== undefined ? originText(moment.origin) : ''

const afterOf = (message: Message) =>
  widthOf(newsOf(message), FONTS.chip) + CHIP + widthOf(originOf(message), FONTS.origin) + BESIDE

export class ColumnGrid {
  readonly #numbers: Sequence['numbers']
  /** Width after a message, for the state after it and its origin. */
  readonly #after: number
  readonly count: number
  readonly column: number
  readonly width: number

  /** The columns use the available width, within limits. `heads`: the texts above them. */
  constructor({ columns, numbers, messages }: Sequence, heads: readonly string[], room: number) {
    this.#numbers = numbers
    this.count = columns.length
    this.#after = Math.ceil(Math.max(0, ...ofEach(messages, afterOf)))
    const fair = Math.floor((room - TIME - this.#after) / Math.max(1, this.count))
    const needed = Math.ceil(
      Math.max(
        NARROWEST,
        ...heads.map((head) => widthOf(head, FONTS.head) + BESIDE),
        ...ofEach(messages, (message) => this.#neededBy(message)),
      ),
    )
    this.column = Math.max(needed, Math.min(WIDEST, fair))
    this.width = TIME + this.count * this.column + this.column / 2 + this.#after
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
    return [Math.min(...ends) - this.column / 2, Math.max(...ends) + this.#after]
  }

  /** Width of a column with which the text of a message fits between its ends. */
  #neededBy({ from, to, text }: Message): number {
    const width = widthOf(text, FONTS.text) + BESIDE
    const columns = Math.abs((this.#numbers.get(from) ?? 0) - (this.#numbers.get(to) ?? 0))
    return columns === 0 ? width + LOOP : width / columns
  }
}

/** The different values of all messages; there are few of them, however long the story is. */
const ofEach = (messages: readonly Message[], value: (message: Message) => number) => new Set(messages.map(value))
