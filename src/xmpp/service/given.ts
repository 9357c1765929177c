import type { Written } from './writes.ts'

/** Identifies an item. An item that is published again is the newest of its order: no later one was published. */
export interface ItemOf {
  /** Lane of the outbox and node. Several lanes may publish to one node. */
  readonly order: string
  readonly itemId: string
}

interface Given {
  readonly itemId: string
  /** Whether it was written; `undefined` while it is on its way. */
  hasLeft: boolean | undefined
  readonly waiting: Written[]
}

/**
 * Remembers the newest item of each order that a session was sent. The engine publishes an item again when a user has
 * not got it or the answer was lost. Sessions that have had it must not get it twice.
 */
export class GivenItems {
  readonly #newest = new Map<string, Given>()

  /** Returns true when the session was sent this item before. `written` then gets the result of that first time. */
  tellOf({ order, itemId }: ItemOf, written: Written): boolean {
    const given = this.#newest.get(order)
    if (given?.itemId !== itemId || given.hasLeft === false) return false
    if (given.hasLeft === undefined) given.waiting.push(written)
    else written(true)
    return true
  }

  /** Notes that the item is being sent. The returned function must be called with the result. */
  add({ order, itemId }: ItemOf, written?: Written): Written {
    const given: Given = { itemId, hasLeft: undefined, waiting: written === undefined ? [] : [written] }
    this.#newest.set(order, given)
    return (hasLeft) => {
      given.hasLeft = hasLeft
      for (const report of given.waiting.splice(0)) report(hasLeft)
    }
  }
}
