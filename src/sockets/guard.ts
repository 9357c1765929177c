import { addressKey, type HeadersOfClient, isLoopback } from './address.ts'
import type { Connection } from './connection.ts'
import { ConnectionTurns } from './connection-turns.ts'
import { noSurfaceFigures, type SurfaceFigures } from './figures.ts'
import { type ConnectionLimits, openFileLimit, type ResolvedLimits, resolveLimits } from './limits.ts'

/**
 * Creates the guard that limits the connections of several listeners. Pass it to `mrdian/rest` and `mrdian/xmpp`.
 * Throws `ProxyError` and `InvalidArgument` for invalid limits.
 */
export function connectionGuard(limits: ConnectionLimits = {}): ConnectionGuard {
  return new ConnectionGuard(limits)
}

/** When no file descriptor is left, one in this many of the connections without a session, or idle, is reset. */
const PART = 10
/** Most steps (TLS, upgrade, stream, password, restarted stream) with which the age of a connection starts again. */
const MOST_STEPS = 5
/** Milliseconds after the time limit in which a protocol above, with the same limit, can send the reason of the end. */
const GRACE_MS = 1000

/**
 * The policy for connections without a session on all listeners: limited in number, in total and per address, and in
 * time. At a limit the oldest is reset for a new one, so that a new connection has the most time to sign in and a flood
 * keeps no user out. The age starts again with each step towards a session. Connections with a session are never reset
 * for others, except idle HTTP connections when no other is left.
 */
export class ConnectionGuard {
  readonly limits: ResolvedLimits
  readonly #surfaces = new Map<string, SurfaceFigures>()
  readonly #open = new Set<Connection>()
  /** Connections without a session, except those that wait for their turns, oldest first: all of them, and by address. */
  readonly #strangers = new Set<Connection>()
  readonly #byAddress = new Map<string, Set<Connection>>()
  /** HTTP connections with a session and without a current request. Those that have been idle longest come first. */
  readonly #idle = new Set<Connection>()
  readonly #turns = new ConnectionTurns()
  /** Number of connections without a session whose passwords are being checked. */
  #checked = 0

  /** `files`: limit of open files. Throws `ProxyError` and `InvalidArgument` for invalid limits. */
  constructor(limits: ConnectionLimits = {}, files: number | undefined = openFileLimit()) {
    this.limits = resolveLimits(limits, files)
  }

  /** Current numbers of the listeners, by name. */
  get figures(): ReadonlyMap<string, Readonly<SurfaceFigures>> {
    return this.#surfaces
  }

  /** The numbers of the listener with this name. */
  surface(name: string): SurfaceFigures {
    const figures = this.#surfaces.get(name) ?? noSurfaceFigures()
    this.#surfaces.set(name, figures)
    return figures
  }

  /** Admits a new connection. Returns false when it was refused, because no other connection may be reset for it. */
  admit(connection: Connection): boolean {
    const { limits } = this
    if (this.#open.size >= limits.total && !this.#makeWay()) {
      connection.figures.refusedFull += 1
      connection.reset()
      return false
    }
    this.#turns.arrived()
    this.#open.add(connection)
    connection.figures.open += 1
    connection.figures.withoutSession += 1
    connection.socket.once('close', () => this.#gone(connection))
    this.#watchTime(connection)
    this.#addStranger(connection)
    return true
  }

  /**
   * Calls `takeOver`, with which the layer above takes over an admitted connection, when it is the connection's turn. Until
   * then it counts for the limit in total only. If it made way for newer ones, those of a flood would come again before
   * their turns, and a client with them would hardly have a chance.
   */
  awaitTurn(connection: Connection, takeOver: () => void): void {
    if (!this.#strangers.delete(connection)) return
    this.#count(connection, undefined)
    connection.figures.waiting += 1
    this.#turns.add(connection, (waitedMs) => {
      connection.figures.waiting -= 1
      this.waited(connection, waitedMs)
      this.#addStranger(connection)
      takeOver()
    })
  }

  /** Notes that the connection has a session, until it ends. */
  hasSession(connection: Connection): void {
    if (!this.#strangers.delete(connection)) return
    if (connection.checks > 0) this.#checked -= 1
    connection.hasSession = true
    this.#turns.hasSession(connection)
    connection.figures.withoutSession -= 1
    clearTimeout(connection.timer)
    this.#count(connection, undefined)
  }

  /** Notes that a password is being checked. Until `checked` the connection is reset only after others. */
  checking(connection: Connection): void {
    connection.checks += 1
    if (connection.checks === 1 && this.#strangers.has(connection)) this.#checked += 1
  }

  checked(connection: Connection): void {
    connection.checks -= 1
    if (connection.checks === 0 && this.#strangers.has(connection)) this.#checked -= 1
    this.progressed(connection)
  }

  /**
   * Notes a step towards a session. The connection counts as new, so that a sign-in with several round trips succeeds
   * during a flood. This works a few times only, so that no connection can stay in this way.
   */
  progressed(connection: Connection): void {
    if (connection.steps >= MOST_STEPS || !this.#strangers.delete(connection)) return
    connection.steps += 1
    this.#strangers.add(connection)
    const ofAddress = this.#byAddress.get(connection.address ?? '')
    if (ofAddress?.delete(connection)) ofAddress.add(connection)
  }

  /** Notes that the connection has waited for this process, in ms. It gets that much more time for its sign-in. */
  waited(connection: Connection, ms: number): void {
    connection.excusedMs += ms
  }

  /** Notes that a request has arrived. Its body may still be on the way. */
  asked(connection: Connection, headers: HeadersOfClient): void {
    connection.requests += 1
    this.#idle.delete(connection)
    this.progressed(connection)
    const { remoteAddress = '' } = connection.socket
    if (this.#strangers.has(connection) && this.#isProxy(connection))
      this.#count(connection, this.limits.proxies.sourceOf(remoteAddress, headers))
  }

  /** Notes that a request was answered or aborted. */
  answered(connection: Connection): void {
    connection.requests -= 1
    if (connection.requests > 0 || !this.#open.has(connection)) return
    if (connection.hasSession) this.#idle.add(connection)
    else {
      connection.timer?.refresh()
      // The next request on the same connection of a proxy may come from another client.
      if (this.#isProxy(connection)) this.#count(connection, undefined)
    }
  }

  /** Resets some connections, because the system has no file descriptor left for a new one. */
  exhausted(): void {
    const all = this.#strangers.size + this.#turns.size + this.#idle.size
    for (let count = Math.ceil(all / PART); count > 0; count -= 1) this.#makeWay()
  }

  #isProxy({ socket }: Connection): boolean {
    return this.limits.proxies.has(socket.remoteAddress ?? '')
  }

  /** The address that a new connection counts for. */
  #addressOf(connection: Connection): string | undefined {
    return this.#isProxy(connection) ? undefined : connection.socket.remoteAddress
  }

  #watchTime(connection: Connection): void {
    const late = () => {
      if (connection.checks > 0 || this.#turns.has(connection)) {
        connection.timer?.refresh()
        return
      }
      if (connection.excusedMs > 0) {
        connection.timer = setTimeout(late, connection.excusedMs).unref()
        connection.excusedMs = 0
        return
      }
      connection.figures.timedOut += 1
      this.#gone(connection)
      connection.socket.destroy()
    }
    // Real time on purpose: sockets need resources even if the clock of the service is virtual and stands still.
    connection.timer = setTimeout(late, this.limits.signInMs + GRACE_MS).unref()
  }

  /** Adds the newest connection without a session. Above the limit the oldest is reset for it. */
  #addStranger(connection: Connection): void {
    this.#strangers.add(connection)
    this.#count(connection, this.#addressOf(connection))
    if (this.#strangers.size <= this.limits.withoutSession) return
    const oldest = this.#oldestOf(this.#strangers, connection)
    if (oldest !== undefined) this.#endForOthers(oldest)
  }

  /** Counts a connection for this address. Above the limit of the address its oldest connection is reset. */
  #count(connection: Connection, address: string | undefined): void {
    const key = address === undefined || !this.#isLimited(address) ? undefined : (addressKey(address) ?? address)
    if (key === connection.address) return
    const former = this.#byAddress.get(connection.address ?? '')
    if (former?.delete(connection) && former.size === 0) this.#byAddress.delete(connection.address ?? '')
    connection.address = key
    if (key === undefined) return
    const all = this.#byAddress.get(key) ?? new Set()
    this.#byAddress.set(key, all.add(connection))
    if (all.size <= this.limits.perAddress) return
    const oldest = this.#oldestOf(all, connection)
    if (oldest === undefined) return
    oldest.figures.refusedAddress += 1
    this.#end(oldest)
  }

  #isLimited(address: string): boolean {
    return this.limits.limitsLoopback || !isLoopback(address)
  }

  /**
   * Resets the connection that has waited longest for its turn, else the oldest without a session, else the one that is
   * idle longest. False without any.
   */
  #makeWay(): boolean {
    const [idle] = this.#idle
    const going = this.#turns.oldest ?? this.#oldestOf(this.#strangers) ?? idle
    if (going === undefined) return false
    this.#endForOthers(going)
    return true
  }

  /** The oldest connection. Those whose password is being checked come last, unless they are more than half. */
  #oldestOf(connections: ReadonlySet<Connection>, except?: Connection): Connection | undefined {
    const spares = 2 * this.#checked <= this.limits.withoutSession
    let oldest: Connection | undefined
    for (const connection of connections) {
      if (connection === except) continue
      if (!spares || connection.checks === 0) return connection
      oldest ??= connection
    }
    return oldest
  }

  #endForOthers(connection: Connection): void {
    connection.figures.madeWay += 1
    this.#end(connection)
  }

  #end(connection: Connection): void {
    this.#gone(connection)
    connection.reset()
  }

  #gone(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    clearTimeout(connection.timer)
    connection.figures.open -= 1
    if (this.#turns.delete(connection)) connection.figures.waiting -= 1
    this.#idle.delete(connection)
    if (!connection.hasSession) connection.figures.withoutSession -= 1
    if (!this.#strangers.delete(connection)) return
    if (connection.checks > 0) this.#checked -= 1
    this.#count(connection, undefined)
  }
}
