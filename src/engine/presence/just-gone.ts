/**
 * Users who disconnected a moment ago. An XMPP server that ends in an orderly way may report that its clients have left
 * before the engine loses the connection. These clients come back like those that were connected until the end.
 */
import type { Side } from '../../../machines/wire.ts'

/** A user who left at most this long before the loss of the service, in ms, may have left because of it. */
const MOMENT = 10_000

export class JustGone {
  /** Time at which users left, oldest first. */
  readonly #left = new Map<Side, Map<string, number>>()

  /** The last session of the user on this side has ended at `at`. */
  left(user: string, side: Side, at: number): void {
    const users = this.#left.get(side) ?? new Map<string, number>()
    this.#left.set(side, users)
    users.delete(user)
    users.set(user, at)
    for (const [oldest, time] of users) {
      if (at - time <= MOMENT) break
      users.delete(oldest)
    }
  }

  /** A session of the user has connected. */
  came(user: string, side: Side): void {
    this.#left.get(side)?.delete(user)
  }

  /** Takes the users of the side who left a moment before `at`. */
  take(side: Side, at: number): readonly string[] {
    const users = [...(this.#left.get(side) ?? [])]
    this.#left.delete(side)
    return users.flatMap(([user, time]) => (at - time <= MOMENT ? [user] : []))
  }
}
