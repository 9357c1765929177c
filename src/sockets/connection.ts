import type { Socket } from 'node:net'
import type { SurfaceFigures } from './figures.ts'

/** The two ends of a connection, which are the same on every layer (TCP, TLS, HTTP/2). */
export type Peer = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/** A name that all layers of a connection share, and that no other open connection has. */
export function nameOf({ localAddress, localPort, remoteAddress, remotePort }: Peer): string {
  return `${localAddress}|${localPort}|${remoteAddress}|${remotePort}`
}

/** One TCP connection, below TLS and HTTP. */
export class Connection {
  readonly socket: Socket
  readonly name: string
  /** Numbers of the listener that accepted it. */
  readonly figures: SurfaceFigures
  /** Number of answers that must be sent before it may be reset. */
  holds = 0
  /** Number of HTTP requests without an answer. */
  requests = 0
  /** Number of passwords that are being checked for it. */
  checks = 0
  /** Time in ms in which it waited for this process, and which does not count towards its time limit. */
  excusedMs = 0
  hasSession = false
  /** Number of steps towards a session so far. */
  steps = 0
  /** The layer above has taken it over; a TLS handshake, if any, is complete. Until then only this layer can end it. */
  isReady = false
  /** Key of the address that it counts for; `undefined` when it counts for none, such as a proxy without a request. */
  address: string | undefined
  /** Timer that ends it when it has no session in time. */
  timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, figures: SurfaceFigures) {
    this.socket = socket
    this.name = nameOf(socket)
    this.figures = figures
  }

  /** Resets it. The file descriptor is free at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}
