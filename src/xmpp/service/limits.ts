/**
 * Bounds of the embedded notification service. Every buffer, queue and wait of it is in this one table.
 */
export interface Limits {
  /** Largest stanza of a client, bytes of UTF-8; over BOSH that of the request is the bound. */
  readonly stanzaBytes: number
  /** Largest stanza of the gateway, bytes of UTF-8: a notification may carry a large dialog. */
  readonly gatewayStanzaBytes: number
  /** Levels of elements below the stream's root. */
  readonly depth: number
  /**
   * Elements, attributes, CDATA sections, references and carriage returns of one stanza, or of one BOSH request: they cost
   * far more time than their bytes do.
   */
  readonly nodes: number
  /** Open connections of clients, signed in or not. */
  readonly connections: number
  /** Bound sessions of one account at a time. */
  readonly sessionsPerUser: number
  /** Explicit subscriptions that one account may keep. */
  readonly subscriptionsPerUser: number
  /** Wrong passwords on one connection before it is closed. */
  readonly loginAttempts: number
  /** Milliseconds between connection and bound resource. */
  readonly handshakeMs: number
  /** Milliseconds of silence after which a session is closed; it is pinged at half of that (`notifications 10`). */
  readonly idleMs: number
  /** Bytes of one BOSH request, which may carry several stanzas. */
  readonly boshRequestBytes: number
  /** Bytes of one BOSH answer, unless a single stanza is larger. */
  readonly boshAnswerBytes: number
  /** Longest milliseconds that a BOSH request is held, whatever the client asks for. */
  readonly boshWaitMs: number
  /** Milliseconds without a request after which a BOSH session ends (`notifications 3.6`). */
  readonly boshInactivityMs: number
  /** Milliseconds that a client that does not let requests be held leaves between empty ones. */
  readonly boshPollingMs: number
  /** Milliseconds that a shutdown waits for BOSH clients to fetch the news of it. */
  readonly boshFarewellMs: number
  /** Bytes that may wait for a client that reads slowly. */
  readonly writeBufferBytes: number
  /** The same for the gateway, which gets the presence of everybody at once. */
  readonly gatewayWriteBufferBytes: number
  /** Milliseconds without any progress of pending writes after which the session is closed. */
  readonly writeStallMs: number
  /** Notifications kept for a session between bind and first presence (`notifications 5.4`). */
  readonly heldNotifications: number
  /** The same, in characters of all of them together. */
  readonly heldCharacters: number
  /** Milliseconds that such a notification is kept. */
  readonly heldMs: number
}

/** The defaults; times of `notifications 5.4` and 10. */
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
