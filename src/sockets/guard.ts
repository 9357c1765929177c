import { addressKey, type HeadersOfClient, isLoopback } from './address.ts'
import type { Connection } from './connection.ts'
import { noSurfaceFigures, type SurfaceFigures } from './figures.ts'
import { type ConnectionLimits, openFileLimit, type ResolvedLimits, resolveLimits } from './limits.ts'

/**
 * One policy for the connections of several listeners: hand it to `mrdian/rest` and `mrdian/xmpp`. Throws `ProxyError`
 * and `InvalidArgument`.
 */
export function connectionGuard(limits: ConnectionLimits = {}): ConnectionGuard {
  return new ConnectionGuard(limits)
}

/** So many of those without a session go when the system has no file descriptor left: a part of them, one at least. */
const PART = 10
/** TLS, an upgrade, a stream, a password, a stream anew: so often a connection that comes nearer is as good as new. */
const MOST_STEPS = 5
/** Milliseconds behind the time limit: a protocol above that keeps the same time says why it ends. */
const GRACE_MS = 1000

/**
 * The one policy for connections that have no session, whatever listener they came to: a bounded number in all and from one
 * address, for a bounded time. The oldest makes way for a new one, so that whoever is new has the most time of all to sign
 * in, and a flood keeps nobody out. Age begins anew with each step towards a session. Connections with a session are never
 * ended for others, except those of HTTP between two requests, when nothing else is left.
 */
export class ConnectionGuard {
  readonly limits: ResolvedLimits
  readonly #surfaces = new Map<string, SurfaceFigures>()
  readonly #open = new Set<Connection>()
  /** Without a session, oldest first; all of them, and by address. */
  readonly #strangers = new Set<Connection>()
  readonly #byAddress = new Map<string, Set<Connection>>()
  /** With a session, over HTTP, and no request at present; those that have been so for longest first. */
  readonly #idle = new Set<Connection>()
  /** Strangers whose passwords are being checked. */
  #checked = 0

  /** Throws `ProxyError` and `InvalidArgument`. */
  constructor(limits: ConnectionLimits = {}, files: number | undefined = openFileLimit()) {
    this.limits = resolveLimits(limits, files)
  }

  /** Current numbers of each listener, by its name. */
  get figures(): ReadonlyMap<string, Readonly<SurfaceFigures>> {
    return this.#surfaces
  }

  /** The numbers of a listener of this name. */
  surface(name: string): SurfaceFigures {
    const figures = this.#surfaces.get(name) ?? noSurfaceFigures()
    this.#surfaces.set(name, figures)
    return figures
  }

  /** A new connection. False when it has been refused: there is no room, and none can be made. */
  admit(connection: Connection): boolean {
    const { limits } = this
    if (this.#open.size >= limits.total && !this.#makeWay()) {
      connection.figures.refusedFull += 1
      connection.reset()
      return false
    }
    this.#open.add(connection)
    connection.figures.open += 1
    connection.socket.once('close', () => this.#gone(connection))
    this.#strangers.add(connection)
    connection.figures.withoutSession += 1
    this.#watchTime(connection)
    this.#count(connection, this.#addressOf(connection))
    if (this.#strangers.size > limits.withoutSession) this.#makeWay(connection)
    return true
  }

  /** It has a session from now on, for as long as it lives. */
  hasSession(connection: Connection): void {
    if (!this.#strangers.delete(connection)) return
    if (connection.checks > 0) this.#checked -= 1
    connection.hasSession = true
    connection.figures.withoutSession -= 1
    clearTimeout(connection.timer)
    this.#count(connection, undefined)
  }

  /** A password is being checked for it: meanwhile it makes way after others. */
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
   * It has come nearer to a session: it is as good as new, so that what takes several round trips goes well although many
   * come meanwhile. A few times only: nobody stays by it.
   */
  progressed(connection: Connection): void {
    if (connection.steps >= MOST_STEPS || !this.#strangers.delete(connection)) return
    connection.steps += 1
    this.#strangers.add(connection)
    const ofAddress = this.#byAddress.get(connection.address ?? '')
    if (ofAddress?.delete(connection)) ofAddress.add(connection)
  }

  /** A request arrives on it; its body may be under way. */
  asked(connection: Connection, headers: HeadersOfClient): void {
    connection.requests += 1
    this.#idle.delete(connection)
    this.progressed(connection)
    const { remoteAddress = '' } = connection.socket
    if (this.#strangers.has(connection) && this.#isProxy(connection))
      this.#count(connection, this.limits.proxies.sourceOf(remoteAddress, headers))
  }

  /** A request has been answered, or given up. */
  answered(connection: Connection): void {
    connection.requests -= 1
    if (connection.requests > 0 || !this.#open.has(connection)) return
    if (connection.hasSession) this.#idle.add(connection)
    else {
      connection.timer?.refresh()
      // Who comes next over the same connection of a proxy is somebody else.
      if (this.#isProxy(connection)) this.#count(connection, undefined)
    }
  }

  /** The system has no file descriptor for a new connection: some go at once, so that the next one gets in. */
  exhausted(): void {
    for (let count = Math.ceil((this.#strangers.size + this.#idle.size) / PART); count > 0; count -= 1) this.#makeWay()
  }

  #isProxy({ socket }: Connection): boolean {
    return this.limits.proxies.has(socket.remoteAddress ?? '')
  }

  /** Whose a new connection counts as. */
  #addressOf(connection: Connection): string | undefined {
    return this.#isProxy(connection) ? undefined : connection.socket.remoteAddress
  }

  #watchTime(connection: Connection): void {
    const late = () => {
      if (connection.checks > 0) {
        connection.timer?.refresh()
        return
      }
      connection.figures.timedOut += 1
      this.#gone(connection)
      connection.socket.destroy()
    }
    // Real time on purpose: sockets cost something even where the clock of the service is virtual and stands still.
    connection.timer = setTimeout(late, this.limits.signInMs + GRACE_MS).unref()
  }

  /** Counts a connection as one from this address, where it counts at all; the oldest from there may have to go. */
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

  /** Ends the one that can best be done without; false when there is none. */
  #makeWay(except?: Connection): boolean {
    const [idle] = this.#idle
    const going = this.#oldestOf(this.#strangers, except) ?? idle
    if (going === undefined) return false
    going.figures.madeWay += 1
    this.#end(going)
    return true
  }

  /** The oldest, but one whose password is being checked only if these are more than half. */
  #oldestOf(connections: ReadonlySet<Connection>, except: Connection | undefined): Connection | undefined {
    const spares = 2 * this.#checked <= this.limits.withoutSession
    let oldest: Connection | undefined
    for (const connection of connections) {
      if (connection === except) continue
      if (!spares || connection.checks === 0) return connection
      oldest ??= connection
    }
    return oldest
  }

  #end(connection: Connection): void {
    this.#gone(connection)
    connection.reset()
  }

  #gone(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    clearTimeout(connection.timer)
    connection.figures.open -= 1
    this.#idle.delete(connection)
    if (!this.#strangers.delete(connection)) return
    connection.figures.withoutSession -= 1
    if (connection.checks > 0) this.#checked -= 1
    this.#count(connection, undefined)
  }
}
