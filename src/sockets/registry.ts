/** How the layers above tell of a connection what only they know. */
import type { HeadersOfClient } from './address.ts'
import { type Connection, nameOf, type Peer } from './connection.ts'
import type { ConnectionGuard } from './guard.ts'

interface Guarded {
  readonly connection: Connection
  readonly guard: ConnectionGuard
}

/**
 * Those that a guard watches, by their ends. A layer above has another socket than the one below it, of TLS or HTTP/2, and
 * the ends are all that they share.
 */
const guarded = new Map<string, Guarded>()

export function register(connection: Connection, guard: ConnectionGuard): void {
  const entry = { connection, guard }
  guarded.set(connection.name, entry)
  connection.socket.once('close', () => {
    if (guarded.get(connection.name) === entry) guarded.delete(connection.name)
  })
}

/**
 * The connection has a session, for as long as it lives: an authenticated request, a bound stream. Nothing happens where no
 * guard watches it.
 */
export function hasSession(peer: Peer): void {
  const found = guarded.get(nameOf(peer))
  found?.guard.hasSession(found.connection)
}

/** The connection has come nearer to a session: it makes way after those that are there by now. */
export function progressed(peer: Peer): void {
  const found = guarded.get(nameOf(peer))
  found?.guard.progressed(found.connection)
}

/** A password is being checked for the connection, until the returned function is called. */
export function checkingPassword(peer: Peer): () => void {
  const found = guarded.get(nameOf(peer))
  if (found === undefined) return () => undefined
  found.guard.checking(found.connection)
  return () => found.guard.checked(found.connection)
}

/** Whose a request is: the client's that sent it, or that a proxy speaks for which the guard believes. */
export function sourceOf(peer: Peer, headers: HeadersOfClient): string | undefined {
  const { remoteAddress } = peer
  const proxies = guarded.get(nameOf(peer))?.guard.limits.proxies
  return remoteAddress === undefined ? undefined : (proxies?.sourceOf(remoteAddress, headers) ?? remoteAddress)
}

/** Waits for the check of a caller: whoever passes it has a session. Rejects as the check does. */
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
