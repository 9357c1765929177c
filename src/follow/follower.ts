/** A follower, as programs see it. */
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import type { Certainty } from './certainty.ts'
import type { FollowFigures } from './figures.ts'
import type { Denied } from './upstream/accounts.ts'

/** A running follower. */
export interface Follower {
  /** The same interface as that of an authority. */
  readonly engine: Engine
  /** How sure reads of this user are; `undefined` for a user who is not followed. */
  certainty(user: string): Certainty | undefined
  /** What is known of the connection. */
  readonly status: FollowerStatus
  readonly figures: FollowFigures & {
    readonly requests: number
    readonly failedRequests: number
    readonly sessions: number
  }
  /** A new password of an account, which is tried at once. */
  changePassword(user: string, password: string): void
  /** Resolves when every followed user is `live`. Rejects never; use it with a time limit of your own. */
  live(): Promise<void>
  /** Ends the sessions and the engine. */
  close(): Promise<void>
}

export interface FollowerStatus {
  /** Can the followed Finesse be followed now? */
  readonly isUp: boolean
  readonly side: Side
  readonly users: {
    readonly live: number
    readonly resyncing: number
    readonly stale: number
    /** Those among them whose media and tasks no account may read. */
    readonly withoutMedia: number
  }
  /** Accounts that Finesse refuses. They are tried again seldom, so that they are not locked. */
  readonly denied: readonly Denied[]
  /** Age of the oldest of the newest proofs of all users, in ms; `null` if there is a user without any. */
  readonly oldestProofMs: number | null
}
