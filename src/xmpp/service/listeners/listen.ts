import type { Server } from 'node:net'
import { Connections, type Guarding } from '../../../sockets/index.ts'

/** Something that listens. */
export interface Listener {
  readonly port: number
  /** Takes no more connections; resolves when the last one has ended. */
  close(): Promise<void>
  /** True: resets every connection, and each new one, until it is called with false. */
  lose(lost: boolean): void
}

/** Where a listener is to listen; `surface` names it in errors. */
export interface Place {
  readonly surface: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Bounds the connections. */
  readonly guarding: Guarding
}

/** Makes a server listen. Rejects with one error that names surface and port. */
export function listen(server: Server, place: Place): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be opened (${error.code ?? error.message})`
      reject(new Error(`${place.surface}: port ${place.port} on ${place.host} ${reason}`, { cause: error }))
    }
    const connections = new Connections(place.guarding)
    connections.watch(server)
    server.once('error', failed)
    server.listen({ port: place.port, host: place.host, backlog: connections.backlog }, () => {
      server.off('error', failed)
      // Later errors concern single connections (no file descriptor left, for example): the listener goes on.
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
