import type { Written } from './writes.ts'

/** Which item it is. What is published again is the newest item of its order: none of that order has come after it. */
export interface ItemOf {
  /** The node, and the lane of the engine: several lanes may lead to one node. */
  readonly order: string
  readonly itemId: string
}

interface Given {
  readonly itemId: string
  /** `undefined` while it is on its way. */
  hasLeft: boolean | undefined
  readonly waiting: Written[]
}

/**
 * The newest item of each order that a session was given. What the engine publishes again, because a user has not got it or
 * the answer was lost, is given to those only who have not had it.
 */
export class GivenItems {
  readonly #newest = new Map<string, Given>()

  /** True when the session was given this item before; `written` is told of that time. */
  tellOf({ order, itemId }: ItemOf, written: Written): boolean {
    const given = this.#newest.get(order)
    if (given?.itemId !== itemId || given.hasLeft === false) return false
    if (given.hasLeft === undefined) given.waiting.push(written)
    else written(true)
    return true
  }

  /** The item is given now; the result is to be told when it has left. */
  add({ order, itemId }: ItemOf, written?: Written): Written {
    const given: Given = { itemId, hasLeft: undefined, waiting: written === undefined ? [] : [written] }
    this.#newest.set(order, given)
    return (hasLeft) => {
      given.hasLeft = hasLeft
      for (const tell of given.waiting.splice(0)) tell(hasLeft)
    }
  }
}
