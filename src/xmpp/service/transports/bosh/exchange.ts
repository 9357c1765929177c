/** One HTTP request that waits for its answer. */
export interface Exchange {
  /** Address of the client. */
  readonly source: string | undefined
  /** Answers, once; `done` is called when the answer has left, or never will. */
  answer(xml: string, done: () => void): void
  /** The connection that carries it has a session. */
  bound(): void
  /** A password that came with it, or before it, is being checked, until the returned function is called. */
  checkingPassword(): () => void
  /** Gives it up without an answer. */
  drop(): void
  /** Calls back when the client has gone before it was answered. */
  onGone(call: () => void): void
}
