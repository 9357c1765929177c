/** Limits of the embedded notification service. Every buffer, queue and wait has its limit in this table. */
export interface Limits {
  /** Largest stanza of a client, in bytes of UTF-8. Over BOSH `boshRequestBytes` applies instead. */
  readonly stanzaBytes: number
  /** Largest stanza of the gateway, in bytes of UTF-8. It is larger: a notification may contain a large dialog. */
  readonly gatewayStanzaBytes: number
  /** Most levels of elements below the stream's root. */
  readonly depth: number
  /**
   * Most elements, attributes, CDATA sections, references and carriage returns of one stanza, or of one BOSH request,
   * together. They are limited because each costs far more time than its bytes.
   */
  readonly nodes: number
  /** Most open connections of clients, signed in or not. When left out, 5000 or two for each user, whichever is more. */
  readonly connections: number
  /** Most bound sessions of one account at a time. */
  readonly sessionsPerUser: number
  /** Most explicit subscriptions of one account. */
  readonly subscriptionsPerUser: number
  /** Wrong passwords on one connection before it is closed. */
  readonly loginAttempts: number
  /** Milliseconds from the connection to a bound resource. */
  readonly handshakeMs: number
  /** Milliseconds of silence after which a session is ended. It is pinged after half of them (`notifications 10`). */
  readonly idleMs: number
  /** Most bytes of one BOSH request, which may contain several stanzas. */
  readonly boshRequestBytes: number
  /** Most bytes of one BOSH answer, unless a single stanza is larger. */
  readonly boshAnswerBytes: number
  /** Most milliseconds that a BOSH request is held, even if the client asks for more. */
  readonly boshWaitMs: number
  /** Milliseconds without a request after which a BOSH session ends (`notifications 3.6`). */
  readonly boshInactivityMs: number
  /** Least milliseconds between two empty requests of a BOSH client that polls (`hold` 0). */
  readonly boshPollingMs: number
  /** Milliseconds that a shutdown waits for BOSH clients to fetch `system-shutdown`. */
  readonly boshFarewellMs: number
  /** Most bytes that wait for a client that reads slowly. */
  readonly writeBufferBytes: number
  /** The same for the gateway, which gets the presence of all agents at once. */
  readonly gatewayWriteBufferBytes: number
  /** Milliseconds without progress of pending writes after which the session is ended. */
  readonly writeStallMs: number
  /** Most notifications kept for a session between bind and first presence (`notifications 5.4`). */
  readonly heldNotifications: number
  /** Most characters of all these notifications together. */
  readonly heldCharacters: number
  /** Milliseconds for which such a notification is kept. */
  readonly heldMs: number
}

/** The default limits. Times are those of `notifications 5.4` and 10. */
export const defaultLimits: Limits = {
  stanzaBytes: 64 * 1024,
  gatewayStanzaBytes: 1024 * 1024,
  depth: 32,
  nodes: 2048,
  connections: 5000,
  sessionsPerUser: 20,
  subscriptionsPerUser: 1000,
  loginAttempts: 5,
  handshakeMs: 30_000,
  idleMs: 120_000,
  boshRequestBytes: 64 * 1024,
  boshAnswerBytes: 256 * 1024,
  boshWaitMs: 60_000,
  boshInactivityMs: 60_000,
  boshPollingMs: 2000,
  boshFarewellMs: 500,
  writeBufferBytes: 4 * 1024 * 1024,
  gatewayWriteBufferBytes: 64 * 1024 * 1024,
  writeStallMs: 10_000,
  heldNotifications: 50,
  heldCharacters: 1024 * 1024,
  heldMs: 30_000,
}

/** Room for the session of each user, and for the one before it that has not ended yet. */
const CONNECTIONS_OF_USER = 2

/** The limits of a service for this number of users. `given`: those that are not the default. */
export function limitsFor(users: number, given: Partial<Limits> = {}): Limits {
  const connections = Math.max(defaultLimits.connections, CONNECTIONS_OF_USER * users)
  return { ...defaultLimits, connections, ...given }
}
