/** Limits that keep a follower from harming the Finesse that it follows, and itself. Times in milliseconds. */
export interface FollowLimits {
  /** Most requests per second to one side, all accounts together. */
  readonly requestsPerSecond: number
  /** Most requests that may be made at once after a quiet time. */
  readonly burst: number
  /** Most requests without an answer. */
  readonly inFlight: number
  /** Most requests that wait for their turn. */
  readonly waiting: number
  readonly requestTimeoutMs: number
  /** Longest answer, in bytes. */
  readonly answerBytes: number
  /** Longest stanza, in characters. */
  readonly stanzaCharacters: number
  readonly connectTimeoutMs: number
  /** Time between two pings of a session. A ping without an answer in this time ends the session. */
  readonly pingEveryMs: number
  /** Most sessions of agents that are opened per second. */
  readonly sessionsPerSecond: number
  /** First and longest pause before another attempt to connect. Each pause is spread at random. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /**
   * Pause before an account that was refused is tried once more. Longer than it may be locked by somebody else. If it is
   * refused again, it is tried once a day. Five wrong passwords in a row lock it.
   */
  readonly deniedRetryMs: number
  /** How long a command may wait for its confirmation. */
  readonly commandTimeoutMs: number
  /** How often media and dialogs are read if no notifications about them come. */
  readonly pollEveryMs: number
  /** How often a user is read whose notifications come, in case that one was lost on its way. */
  readonly checkEveryMs: number
}

export const DEFAULT_LIMITS: FollowLimits = {
  requestsPerSecond: 40,
  burst: 40,
  inFlight: 8,
  waiting: 20_000,
  requestTimeoutMs: 20_000,
  answerBytes: 4 * 1024 * 1024,
  stanzaCharacters: 2 * 1024 * 1024,
  connectTimeoutMs: 20_000,
  pingEveryMs: 10_000,
  sessionsPerSecond: 5,
  firstRetryMs: 1000,
  longestRetryMs: 20_000,
  deniedRetryMs: 330_000,
  commandTimeoutMs: 15_000,
  pollEveryMs: 15_000,
  checkEveryMs: 900_000,
}
