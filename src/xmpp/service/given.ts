import { isAnnouncementsLane, rowIn } from '../../engine/delivery/lanes.ts'
import type { Written } from './writes.ts'

/** Identifies an item, and its place among the others of its order. */
export interface ItemOf {
  /** Lane of the outbox and node. Several lanes may publish to one node. */
  readonly order: string
  readonly itemId: string
  /** Store and number of the outbox row. `undefined` for an item that is not in the outbox. */
  readonly row: { readonly store: string; readonly number: number } | undefined
}

/** What an item of the engine is. `lane`: `''` for another publisher, whose ids have no order. */
export function itemOf(lane: string, node: string, itemId: string): ItemOf {
  const isStored = lane !== '' && !isAnnouncementsLane(lane)
  return { order: `${lane} ${node}`, itemId, row: isStored ? rowIn(itemId) : undefined }
}

/** Does this item of the same order come before the other one, in the outbox of one store? */
export const isBefore = ({ row }: ItemOf, other: ItemOf): boolean =>
  row !== undefined && row.store === other.row?.store && row.number < other.row.number

interface Given {
  readonly item: ItemOf
  /** Whether it was written; `undefined` while it is on its way. */
  hasLeft: boolean | undefined
  readonly waiting: Written[]
}

/**
 * The high-water mark of each order: the newest item that a session was sent. The engine publishes an item again when a
 * user has not got it or the answer was lost. Sessions that have had it must not get it twice, and not after a later
 * one of its order.
 */
export class GivenItems {
  readonly #newest = new Map<string, Given>()

  /** Returns true when the session was sent this item, or a later one. `written` then gets the result of that time. */
  tellOf(item: ItemOf, written: Written): boolean {
    const given = this.#newest.get(item.order)
    if (!given || given.hasLeft === false) return false
    if (given.item.itemId !== item.itemId && !isBefore(item, given.item)) return false
    if (given.hasLeft === undefined) given.waiting.push(written)
    else written(true)
    return true
  }

  /** Notes that the item is being sent. The returned function must be called with the result. */
  add(item: ItemOf, written?: Written): Written {
    const given: Given = { item, hasLeft: undefined, waiting: written === undefined ? [] : [written] }
    this.#newest.set(item.order, given)
    return (hasLeft) => {
      given.hasLeft = hasLeft
      for (const report of given.waiting.splice(0)) report(hasLeft)
    }
  }
}
