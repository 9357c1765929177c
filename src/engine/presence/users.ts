/** What the aggregates of users say about presence. Unknown users are neither connected nor awaited. */
import type { Side } from '../../../machines/wire.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { PresenceState } from '../values.ts'

/** Presence of a user on a side (`notifications 9.1`); `undefined` for an unknown user. */
export function presenceOf(aggregates: Aggregates, user: string, side: Side): PresenceState | undefined {
  return aggregates.user(user)?.snapshot.context.presence[side]?.getSnapshot().value
}

/** Is a session of the user connected to this side? */
export const isThere = (aggregates: Aggregates, user: string, side: Side): boolean =>
  aggregates.user(user)?.isThere(side) ?? false

/** Do notifications of the user wait on this side until the user is back? */
export const isAwaited = (aggregates: Aggregates, user: string, side: Side): boolean =>
  aggregates.user(user)?.isAwaited(side) ?? false

/** Could the user have been connected to this side when the state was stored? */
export const mayBeThere = (aggregates: Aggregates, user: string, side: Side): boolean =>
  ['PRESENT', 'GRACE', 'UNKNOWN'].includes(presenceOf(aggregates, user, side) ?? '')
