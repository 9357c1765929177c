/** The accepted requests of users, in order, and which of them were refused by a notification afterwards. */
import type { Side } from '../../../machines/wire.ts'
import { parseTree, valueAt } from '../tree.ts'

export interface Asked {
  readonly at: number
  readonly side: Side
  readonly value: (path: string) => string | undefined
  /** An error notification came, so the request had no effect. */
  refused: boolean
}

/** Accepted requests about one object. */
export class AskedOf {
  readonly #all: Asked[] = []

  add(at: number, side: Side, body: string): void {
    const tree = parseTree(body)
    this.#all.push({ at, side, value: (path) => valueAt(tree, path), refused: false })
  }

  /** The last request up to that time was refused. */
  refuse(at: number): void {
    const last = this.#all.findLast((asked) => asked.at <= at && notRefused(asked))
    if (last) last.refused = true
  }

  /** The last request up to that time for one of these states. */
  last(until: number, states: readonly string[], which: (asked: Asked) => boolean = notRefused): Asked | undefined {
    return this.#all.findLast(
      (asked) => asked.at <= until && states.includes(asked.value('state') ?? '') && which(asked),
    )
  }
}

const notRefused = ({ refused }: Asked): boolean => !refused
