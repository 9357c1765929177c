import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { type TLSSocket, Server as TlsServer } from 'node:tls'
import { Connection, nameOf, type Peer } from './connection.ts'
import { noSurfaceFigures, type SurfaceFigures } from './figures.ts'
import { lookAtFirstByte } from './first-byte.ts'
import type { ConnectionGuard } from './guard.ts'
import { watchHttp2 } from './http2.ts'
import { Redirects } from './redirect.ts'
import { register } from './registry.ts'
import { stopAccepting } from './stop-accepting.ts'

/** Node's own. */
const BACKLOG = 511

/** A guard, and the name of the listener in its numbers. */
export interface Guarding {
  readonly guard: ConnectionGuard
  readonly surface: string
}

/**
 * The connections of a listener, below TLS and HTTP, so that all of them can break at once: those that do nothing, and
 * those whose handshake is under way, as well. With a guard they are bounded, and none is left over.
 */
export class Connections {
  readonly #open = new Map<string, Connection>()
  readonly #guard: ConnectionGuard | undefined
  readonly #figures: SurfaceFigures
  #lost = false
  /** How many have come so far. */
  #came = 0

  constructor(guarding?: Guarding) {
    this.#guard = guarding?.guard
    this.#figures = guarding?.guard.surface(guarding.surface) ?? noSurfaceFigures()
  }

  /** How many may wait to be accepted: for `listen`. */
  get backlog(): number {
    return this.#guard?.limits.backlog ?? BACKLOG
  }

  /**
   * Must be called before the server listens. With a guard, connections come to whoever has listened for them so far when
   * they are let in.
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
    const handOver = ({ socket }: Connection) => {
      for (const listener of above) Reflect.apply(listener, server, [socket])
    }
    const take = server instanceof TlsServer ? this.#overTls(server, guard, handOver) : this.#plain(handOver)
    server.on('connection', (socket: Socket) => {
      this.#came += 1
      const connection = new Connection(socket, this.#figures)
      if (!guard.admit(connection)) return
      register(connection, guard)
      this.#opened(connection)
      take(connection)
    })
    // Without a listener the process would end. Others are there for errors of the start.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'accept') guard.exhausted()
    })
    this.#watchHttp(server, guard)
  }

  /**
   * Lost: every connection is reset, as where a machine is gone, and so is every new one. Clients hear no goodbye of any
   * protocol.
   */
  lose(lost: boolean): void {
    this.#lost = lost
    if (lost) for (const connection of this.#open.values()) if (connection.holds === 0) connection.reset()
  }

  /** Breaks one connection; false when it is not one of these. */
  reset(peer: Peer): boolean {
    const connection = this.#find(peer)
    connection?.reset()
    return connection !== undefined
  }

  /**
   * A request that may bring the loss about: its connection stays until the returned function is called, and ends in
   * order then, since a reset could overtake the answer.
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

  /** Takes no more connections once nobody waits to be let in, half a second later at most. Nobody should be answered meanwhile. */
  stopAccepting(server: Server): Promise<void> {
    return stopAccepting(server, () => this.#came)
  }

  /** Closes them all. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy()
  }

  /** Closes those that no layer above knows of: nobody else would. */
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
    // The layers above take it over first: they expect a connection that is there.
    if (this.#lost) process.nextTick(() => connection.reset())
  }

  #plain(handOver: (connection: Connection) => void): (connection: Connection) => void {
    return (connection) => {
      connection.isReady = true
      handOver(connection)
    }
  }

  /** Only what begins as TLS comes to TLS, and what fails there ends there. */
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
      // A connection that has gone, by itself or because it had to, fails in this way too.
      if (error.code !== 'ECONNRESET') this.#figures.tlsFailed += 1
      // It takes the connection below with it. Node does this by itself, but not when a handshake takes too long.
      socket.destroy()
    })
    return (connection) => {
      const { socket } = connection
      // Nobody else hears of them before TLS is there; each is followed by `close`.
      socket.on('error', () => undefined)
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
    // Only where somebody takes upgrades: else Node treats them as any other request.
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
