/** The fields of every event. They have the time, because machines have no clock. */
export interface Occurrence {
  /** Time of the event, in milliseconds since 1970 UTC. */
  readonly at: number
  /** The requestId of the client's request. It is echoed in the notification of the requested action (ruling 7). */
  readonly requestId?: string
}
