/** Numbers of the service, for metrics. Counters begin at 0 when it starts. */
export interface Figures {
  /** Open connections of clients, signed in or not. */
  connections: number
  /** Bound sessions of users and administrators. */
  sessions: number
  /** Notifications sent to sessions, counted once for each session. */
  deliveries: number
  bytesIn: number
  bytesOut: number
  /** Connections, sign-ins and sessions that were refused. */
  refused: number
}

/** All zero. */
export function noFigures(): Figures {
  return { connections: 0, sessions: 0, deliveries: 0, bytesIn: 0, bytesOut: 0, refused: 0 }
}
