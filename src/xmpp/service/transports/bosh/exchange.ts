/** An HTTP request that waits for its answer. */
export interface Exchange {
  /** Address of the client. */
  readonly source: string | undefined
  /** Sends the answer; only the first call counts. `done` is called when it has left the process or never will. */
  answer(xml: string, done: () => void): void
  /** Marks the connection of the request as one with a session. */
  bound(): void
  /** Notes that a password of this session is being checked, until the returned function is called. */
  checkingPassword(): () => void
  /** Closes the connection without an answer. */
  drop(): void
  /** Calls `call` when the client disconnects before the answer. */
  onGone(call: () => void): void
}
