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

/** Finds out whether anybody is awaited. To be asked after every commit, even while thousands of users come back. */
export class AwaitedUsers {
  readonly #aggregates: Aggregates
  /** Users to look at, from `next` on. Those before were not awaited when looked at. */
  readonly #lists = new Map<Side, { readonly users: readonly string[]; next: number }>()

  constructor(aggregates: Aggregates) {
    this.#aggregates = aggregates
  }

  /** A look goes on where the last one found somebody. Only one that begins anew finds that nobody is awaited. */
  isAnybody(side: Side): boolean {
    return this.#isInRest(side) || this.#isInAll(side)
  }

  #isInAll(side: Side): boolean {
    this.#lists.set(side, { users: this.#aggregates.users(), next: 0 })
    return this.#isInRest(side)
  }

  #isInRest(side: Side): boolean {
    const list = this.#lists.get(side)
    if (list === undefined) return false
    for (; list.next < list.users.length; list.next += 1)
      if (isAwaited(this.#aggregates, list.users[list.next] ?? '', side)) return true
    return false
  }
}
