/** Logs that desktops send to the server (`dialog 11`). */

/** A log of a user's desktop. */
export interface ClientLog {
  readonly user: string
  /** When it came, in ms since 1970 UTC. */
  readonly at: number
  readonly form: 'text' | 'zip'
  readonly content: string | Uint8Array
}

/** Where the logs are kept. */
export interface ClientLogs {
  /** Resolves when the log is stored. Rejects if it cannot be stored. */
  keep(log: ClientLog): Promise<void>
}
