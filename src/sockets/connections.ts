import type { Server, Socket } from 'node:net'

/** The two ends of a connection, as every layer above shows them. */
export type Peer = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

interface Connection {
  readonly socket: Socket
  /** Answers that have to leave before it breaks. */
  holds: number
}

const nameOf = ({ localAddress, localPort, remoteAddress, remotePort }: Peer) =>
  `${localAddress}|${localPort}|${remoteAddress}|${remotePort}`

/**
 * The connections of a listener, below TLS and HTTP, so that all of them can break at once: those that do nothing, and
 * those whose handshake is under way, as well.
 */
export class Connections {
  readonly #open = new Map<string, Connection>()
  #lost = false

  /** Must be called before the server listens. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#opened(socket))
  }

  /**
   * Lost: every connection is reset, as where a machine is gone, and so is every new one. Clients hear no goodbye of any
   * protocol.
   */
  lose(lost: boolean): void {
    this.#lost = lost
    if (lost) for (const connection of this.#open.values()) if (connection.holds === 0) reset(connection.socket)
  }

  /** Breaks one connection; false when it is not one of these. */
  reset(peer: Peer): boolean {
    const connection = this.#open.get(nameOf(peer))
    if (connection === undefined) return false
    reset(connection.socket)
    return true
  }

  /**
   * A request that may bring the loss about: its connection stays until the returned function is called, and ends in
   * order then, since a reset could overtake the answer.
   */
  hold(peer: Peer): () => void {
    const connection = this.#open.get(nameOf(peer))
    if (connection === undefined) return () => undefined
    connection.holds += 1
    return () => {
      connection.holds -= 1
      if (this.#lost && connection.holds === 0) connection.socket.destroySoon()
    }
  }

  /** Closes them all. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy()
  }

  #opened(socket: Socket): void {
    const name = nameOf(socket)
    this.#open.set(name, { socket, holds: 0 })
    socket.once('close', () => {
      if (this.#open.get(name)?.socket === socket) this.#open.delete(name)
    })
    // The layers above take it over first: they expect a connection that is there.
    if (this.#lost) process.nextTick(reset, socket)
  }
}

function reset(socket: Socket): void {
  socket.resetAndDestroy()
}
