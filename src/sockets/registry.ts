/** Functions by which the layers above report the state of a connection to its guard. */
import type { HeadersOfClient } from './address.ts'
import { type Connection, nameOf, type Peer } from './connection.ts'
import type { ConnectionGuard } from './guard.ts'

interface Guarded {
  readonly connection: Connection
  readonly guard: ConnectionGuard
}

/**
 * The guarded connections by their two ends. A layer such as TLS or HTTP/2 has its own socket object, and shares only
 * the ends with the TCP socket below.
 */
const guarded = new Map<string, Guarded>()

/** Registers a guarded connection until it closes. */
export function register(connection: Connection, guard: ConnectionGuard): void {
  const entry = { connection, guard }
  guarded.set(connection.name, entry)
  connection.socket.once('close', () => {
    if (guarded.get(connection.name) === entry) guarded.delete(connection.name)
  })
}

/**
 * Notes that the connection has a session (an authenticated request, a bound stream) until it ends. Does nothing when
 * the connection has no guard.
 */
export function hasSession(peer: Peer): void {
  const found = guarded.get(nameOf(peer))
  found?.guard.hasSession(found.connection)
}

/** Notes a step of the connection towards a session, so that it counts as new. */
export function progressed(peer: Peer): void {
  const found = guarded.get(nameOf(peer))
  found?.guard.progressed(found.connection)
}

/** Notes that the connection has waited for this process, in ms. That time does not count towards its time limit. */
export function waited(peer: Peer, ms: number): void {
  const found = guarded.get(nameOf(peer))
  found?.guard.waited(found.connection, ms)
}

/** Notes that a password is being checked for the connection, until the returned function is called. */
export function checkingPassword(peer: Peer): () => void {
  const found = guarded.get(nameOf(peer))
  if (found === undefined) return () => undefined
  found.guard.checking(found.connection)
  return () => found.guard.checked(found.connection)
}

/** The source of a request: the address of the connection, or the client that a trusted proxy names. */
export function sourceOf(peer: Peer, headers: HeadersOfClient): string | undefined {
  const { remoteAddress } = peer
  const proxies = guarded.get(nameOf(peer))?.guard.limits.proxies
  return remoteAddress === undefined ? undefined : (proxies?.sourceOf(remoteAddress, headers) ?? remoteAddress)
}

/** Is the other end a trusted proxy? */
export function isTrusted(peer: Peer): boolean {
  return guarded.get(nameOf(peer))?.guard.limits.proxies.has(peer.remoteAddress ?? '') ?? false
}

/** Does the connection have a session? */
export function isSignedIn(peer: Peer): boolean {
  return guarded.get(nameOf(peer))?.connection.hasSession ?? false
}

/** Waits for the check of a caller's credentials. After it the connection has a session. Rejects like the check. */
export async function signingIn<T>(peer: Peer, check: Promise<T>): Promise<T> {
  const end = checkingPassword(peer)
  try {
    const principal = await check
    hasSession(peer)
    return principal
  } finally {
    end()
  }
}
