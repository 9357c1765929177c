import type { Server } from 'node:net'
import { type CodeOf, MrdianError } from '../../../errors/mrdian-error.ts'
import { Connections, type Guarding } from '../../../sockets/index.ts'

/** A listener cannot be opened. The message names its surface, host and port; `cause` is the error of Node. */
export class ListenFailure extends MrdianError {
  override readonly name = 'ListenFailure'
  readonly code: CodeOf<'ListenFailure'>
  constructor({ surface, port, host }: Pick<Place, 'surface' | 'host' | 'port'>, cause: NodeJS.ErrnoException) {
    const isTaken = cause.code === 'EADDRINUSE'
    const what = isTaken ? 'is taken' : `cannot be opened (${cause.code ?? cause.message})`
    super(`${surface}: port ${port} on ${host} ${what}`, { cause })
    this.code = isTaken ? 'PORT_IN_USE' : 'CANNOT_LISTEN'
  }
}

/** An open listener. */
export interface Listener {
  readonly port: number
  /** Accepts no more connections. Resolves when the last one has ended. */
  close(): Promise<void>
  /** With true it resets every connection, and each new one until it is called with false. */
  lose(lost: boolean): void
}

/** Address of a listener. `surface` names it in errors. */
export interface Place {
  readonly surface: string
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Limits the connections. */
  readonly guarding: Guarding
}

/** Opens a listener. Rejects with `ListenFailure`. */
export function listen(server: Server, place: Place): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(new ListenFailure(place, error))
    const connections = new Connections(place.guarding)
    connections.watch(server)
    server.once('error', failed)
    server.listen({ port: place.port, host: place.host, backlog: connections.backlog }, () => {
      server.off('error', failed)
      // Later errors concern single connections (for example when no file descriptor is left). The listener stays open.
      server.on('error', () => undefined)
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : place.port
      const close = () => {
        connections.closeUnready()
        return closeServer(server)
      }
      resolve({ port, close, lose: (lost) => connections.lose(lost) })
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
