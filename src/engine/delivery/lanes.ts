/** Names of the lanes of the outbox, and ids of items. */
import type { Side } from '../../../machines/wire.ts'

/** Id of the pubsub item. It is opaque, and the same whenever the row is sent again. */
export const itemIdOf = (storeId: string, row: number): string => `${storeId}-${row}`

/** The store and the row of the outbox that an item is of. `undefined` for an id of another form. */
export function rowIn(itemId: string): { readonly store: string; readonly number: number } | undefined {
  const dash = itemId.lastIndexOf('-')
  const number = itemId.slice(dash + 1)
  return dash >= 0 && /^\d+$/.test(number) ? { store: itemId.slice(0, dash), number: Number(number) } : undefined
}

/** User and side of the lane of a user; `undefined` for any other lane. */
export function userOfLane(lane: string): { readonly user: string; readonly side: Side } | undefined {
  const [, side, user] = /^([AB]):user\/(.*)$/s.exec(lane) ?? []
  return user === undefined ? undefined : { user, side: side === 'B' ? 'B' : 'A' }
}

/** Is this a node of the user? */
export const isNodeOf = (user: string, node: string): boolean => `${node}/`.startsWith(`/finesse/api/User/${user}/`)

/** The name of a lane begins with its side, or with `acd`. */
export const laneOf = (side: Side | 'acd', owner: string): string => `${side}:${owner}`

/** The lane of the notifications about a side itself: SystemInfo. */
export const ownLaneOf = (side: Side): string => laneOf(side, `side/${side}`)

const ANNOUNCEMENTS = 'announcements'

/** The lane of what is sent once and not stored. */
export const announcementsLaneOf = (side: Side): string => laneOf(side, ANNOUNCEMENTS)

/** Is this a lane of what is sent once and not stored? Its item ids are no numbers of the outbox. */
export const isAnnouncementsLane = (lane: string): boolean => lane.endsWith(`:${ANNOUNCEMENTS}`)
