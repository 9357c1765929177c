/** The numbers of a follower. */

/** Counters begin at 0 when the follower starts. */
export interface FollowFigures {
  readonly notifications: number
  /** Notifications that could not be read. Their user was read by GET instead. */
  readonly unreadable: number
  /** Values of known elements that the contract does not have. */
  readonly strange: number
  /** The same notification again, at another session. */
  readonly repeated: number
  /** Times without a connection, or out of service. */
  readonly gaps: number
  /** Changes that no notification told, and that a read found. */
  readonly missed: number
  /** Steps that the charts do not have. They were accepted. */
  readonly flagged: number
  readonly resyncs: number
  readonly failedResyncs: number
  /** Milliseconds that the newest resync of all users took; `null` before the first one. */
  readonly lastResyncMs: number | null
}

/** The counters while they count. */
export type Counts = { -readonly [Name in Exclude<keyof FollowFigures, 'lastResyncMs'>]: number }

export const noCounts = (): Counts => ({
  notifications: 0,
  unreadable: 0,
  strange: 0,
  repeated: 0,
  gaps: 0,
  missed: 0,
  flagged: 0,
  resyncs: 0,
  failedResyncs: 0,
})
