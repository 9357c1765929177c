import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { type TLSSocket, Server as TlsServer } from 'node:tls'
import { connectionArrived } from '../waiting/present-turn.ts'
import { Connection, nameOf, type Peer } from './connection.ts'
import { noSurfaceFigures, type SurfaceFigures } from './figures.ts'
import { lookAtFirstByte } from './first-byte.ts'
import type { ConnectionGuard } from './guard.ts'
import { watchHttp2 } from './http2.ts'
import { Redirects } from './redirect.ts'
import { register } from './registry.ts'
import { stopAccepting } from './stop-accepting.ts'

/** Length of the accept queue without a guard: Node's default. */
const BACKLOG = 511

/** A guard, and the name of the listener in the guard's numbers. */
export interface Guarding {
  readonly guard: ConnectionGuard
  readonly surface: string
}

/**
 * All connections of a listener, below TLS and HTTP, so that all of them can be reset at once, including idle ones and
 * those in a handshake. A guard limits them.
 */
export class Connections {
  readonly #open = new Map<string, Connection>()
  readonly #guard: ConnectionGuard | undefined
  readonly #figures: SurfaceFigures
  #lost = false
  /** Number of connections accepted so far. */
  #came = 0
  /** Number of these that the layer above has taken over. */
  #takenOver = 0

  constructor(guarding?: Guarding) {
    this.#guard = guarding?.guard
    this.#figures = guarding?.guard.surface(guarding.surface) ?? noSurfaceFigures()
  }

  /** Length of the accept queue, for `listen`. */
  get backlog(): number {
    return this.#guard?.limits.backlog ?? BACKLOG
  }

  /**
   * Watches the connections of a server. Must be called before the server listens. With a guard, only admitted
   * connections are passed to the listeners of `connection` that exist at this moment.
   */
  watch(server: Server): void {
    const guard = this.#guard
    if (guard === undefined) {
      server.on('connection', (socket: Socket) => {
        this.#came += 1
        this.#opened(new Connection(socket, this.#figures))
      })
      return
    }
    const above = server.listeners('connection')
    server.removeAllListeners('connection')
    const isTls = server instanceof TlsServer
    const handOver = (connection: Connection) =>
      guard.awaitTurn(connection, () => {
        const { socket } = connection
        this.#takenOver += 1
        connection.isReady = !isTls
        if (!socket.destroyed) for (const listener of above) Reflect.apply(listener, server, [socket])
      })
    const take = isTls ? this.#overTls(server, guard, handOver) : handOver
    server.on('connection', (socket: Socket) => {
      this.#came += 1
      connectionArrived()
      const connection = new Connection(socket, this.#figures)
      if (!guard.admit(connection)) return
      register(connection, guard)
      this.#opened(connection)
      // No other layer handles errors before one has taken over. Each error is followed by `close`.
      socket.on('error', () => undefined)
      take(connection)
    })
    // Without a listener an error would end the process. Errors of the start have listeners elsewhere.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'accept') guard.exhausted()
    })
    this.#watchHttp(server, guard)
  }

  /**
   * With true, resets every connection and each new one until it is called with false, as if the machine had crashed.
   * No protocol is ended in order.
   */
  lose(lost: boolean): void {
    this.#lost = lost
    if (lost) for (const connection of this.#open.values()) if (connection.holds === 0) connection.reset()
  }

  /** Resets one connection. Returns false when it is not a connection of this listener. */
  reset(peer: Peer): boolean {
    const connection = this.#find(peer)
    connection?.reset()
    return connection !== undefined
  }

  /**
   * Keeps the connection of a request that may cause the loss of this side. It is closed in order when the returned
   * function is called, because a reset could overtake the answer.
   */
  hold(peer: Peer): () => void {
    const connection = this.#find(peer)
    if (connection === undefined) return () => undefined
    connection.holds += 1
    return () => {
      connection.holds -= 1
      if (this.#lost && connection.holds === 0) connection.socket.destroySoon()
    }
  }

  /** Another part closes this connection: `close` and `lose` leave it alone from now on. */
  leave(peer: Peer): void {
    this.#open.delete(nameOf(peer))
  }

  /** Closes the listener when no connection waits to be accepted, at most half a second later; see `stopAccepting`. */
  stopAccepting(server: Server): Promise<void> {
    return stopAccepting(server, () => this.#came + this.#takenOver)
  }

  /** Closes all connections. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy()
  }

  /** Closes the connections that no layer above has taken over, because only this class can close them. */
  closeUnready(): void {
    for (const { socket, isReady } of this.#open.values()) if (!isReady) socket.destroy()
  }

  #find(peer: Peer): Connection | undefined {
    return this.#open.get(nameOf(peer))
  }

  #opened(connection: Connection): void {
    const { name, socket } = connection
    this.#open.set(name, connection)
    socket.once('close', () => {
      if (this.#open.get(name) === connection) this.#open.delete(name)
    })
    // Reset it a turn later, because the layers above first take it over and expect it to be open.
    if (this.#lost) process.nextTick(() => connection.reset())
  }

  /** Passes a connection to TLS only if its first byte begins a handshake. A failed handshake ends the connection. */
  #overTls(
    server: TlsServer,
    guard: ConnectionGuard,
    handOver: (connection: Connection) => void,
  ): (connection: Connection) => void {
    const redirects = server.listenerCount('request') > 0 ? new Redirects() : undefined
    server.on('secureConnection', (socket: TLSSocket) => {
      const connection = this.#find(socket)
      if (connection === undefined) return
      connection.isReady = true
      guard.progressed(connection)
    })
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      // ECONNRESET is not a failure of TLS: the client or the guard has reset the connection.
      if (error.code !== 'ECONNRESET') this.#figures.tlsFailed += 1
      // This also ends the TCP connection. Node does it by itself, but not after a time-out of the handshake.
      socket.destroy()
    })
    return (connection) => {
      const { socket } = connection
      lookAtFirstByte(socket, (shown) => {
        if (shown === 'tls') handOver(connection)
        else if (shown === 'http' && redirects !== undefined) {
          this.#figures.redirected += 1
          redirects.take(socket)
        } else {
          this.#figures.tlsFailed += 1
          socket.destroy()
        }
      })
    }
  }

  #watchHttp(server: EventEmitter, guard: ConnectionGuard): void {
    const asked = ({ socket, headers }: IncomingMessage) => {
      const connection = this.#find(socket)
      if (connection !== undefined) guard.asked(connection, headers)
      return connection
    }
    server.on('request', (request: IncomingMessage, response: EventEmitter) => {
      const connection = asked(request)
      if (connection !== undefined) response.once('close', () => guard.answered(connection))
    })
    // Listen for `upgrade` only if another part does. Without listeners Node treats an upgrade like any other request.
    const awaitUpgrades = (event: string | symbol) => {
      if (event !== 'upgrade') return
      server.off('newListener', awaitUpgrades)
      server.on('upgrade', asked)
    }
    server.on('newListener', awaitUpgrades)
    if (server.listenerCount('upgrade') > 0) awaitUpgrades('upgrade')
    server.on('session', (session: ServerHttp2Session) => {
      const connection = this.#find(session.socket)
      watchHttp2(session, guard.limits.signInMs, () => {
        if (connection === undefined || connection.socket.destroyed) return
        this.#figures.flooded += 1
        connection.reset()
      })
    })
  }
}
