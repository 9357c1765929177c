/**
 * Bounds of the embedded notification service. Every buffer, queue and wait of it is in this one table.
 */
export interface Limits {
  /** Largest stanza of a client, bytes of UTF-8. */
  readonly stanzaBytes: number
  /** Largest stanza of the gateway, bytes of UTF-8: a notification may carry a large dialog. */
  readonly gatewayStanzaBytes: number
  /** Levels of elements below the stream's root. */
  readonly depth: number
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
  /** Milliseconds of silence after which a session is closed; it is pinged at half of that (`notifications.md` 10). */
  readonly idleMs: number
  /** Bytes that may wait for a client that reads slowly. */
  readonly writeBufferBytes: number
  /** The same for the gateway, which gets the presence of everybody at once. */
  readonly gatewayWriteBufferBytes: number
  /** Milliseconds without any progress of pending writes after which the session is closed. */
  readonly writeStallMs: number
  /** Notifications kept for a session between bind and first presence (`notifications.md` 5.4). */
  readonly heldNotifications: number
  /** The same, in characters of all of them together. */
  readonly heldCharacters: number
  /** Milliseconds that such a notification is kept. */
  readonly heldMs: number
}

/** The defaults; times of `notifications.md` 5.4 and 10. */
export const defaultLimits: Limits = {
  stanzaBytes: 64 * 1024,
  gatewayStanzaBytes: 1024 * 1024,
  depth: 32,
  connections: 5000,
  sessionsPerUser: 20,
  subscriptionsPerUser: 1000,
  loginAttempts: 5,
  handshakeMs: 30_000,
  idleMs: 120_000,
  writeBufferBytes: 4 * 1024 * 1024,
  gatewayWriteBufferBytes: 64 * 1024 * 1024,
  writeStallMs: 10_000,
  heldNotifications: 50,
  heldCharacters: 1024 * 1024,
  heldMs: 30_000,
}
