/** Lanes of the outbox, and what is named after them. */
import type { Side } from '../../../machines/wire.ts'

/** Id of the pubsub item: opaque, the same whenever the row is sent again. */
export const itemIdOf = (storeId: string, row: number): string => `${storeId}-${row}`

/** The user whose lane this is, and the side; `undefined` for another lane. */
export function userOfLane(lane: string): { readonly user: string; readonly side: Side } | undefined {
  const [, side, user] = /^([AB]):user\/(.*)$/s.exec(lane) ?? []
  return user === undefined ? undefined : { user, side: side === 'B' ? 'B' : 'A' }
}

/** Is this a node of the user's own? */
export const isNodeOf = (user: string, node: string): boolean => `${node}/`.startsWith(`/finesse/api/User/${user}/`)

/** The name of a lane begins with its side, or with `acd`. */
export const laneOf = (side: Side | 'acd', owner: string): string => `${side}:${owner}`

/** The lane of what is said about a side itself: SystemInfo. */
export const ownLaneOf = (side: Side): string => laneOf(side, `side/${side}`)
