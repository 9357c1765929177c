/** What every event of the machines carries: they have no clock of their own. */
export interface Occurrence {
  /** When it happened, in milliseconds since 1970 UTC. */
  readonly at: number
  /** Id that the client gave to the request behind it; echoed where it describes the requested action (ruling 7). */
  readonly requestId?: string
}
