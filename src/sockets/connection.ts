import type { Socket } from 'node:net'
import type { SurfaceFigures } from './figures.ts'

/** The two ends of a connection, as every layer above shows them. */
export type Peer = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/** The same for all layers of one connection, and for no other that is open. */
export function nameOf({ localAddress, localPort, remoteAddress, remotePort }: Peer): string {
  return `${localAddress}|${localPort}|${remoteAddress}|${remotePort}`
}

/** One TCP connection, below TLS and HTTP. */
export class Connection {
  readonly socket: Socket
  readonly name: string
  /** Of the listener that it came to. */
  readonly figures: SurfaceFigures
  /** Answers that have to leave before it breaks. */
  holds = 0
  /** HTTP requests that have no answer yet. */
  requests = 0
  /** Passwords that are being checked for it. */
  checks = 0
  hasSession = false
  /** How often it has come nearer to a session. */
  steps = 0
  /** The layer above has it: TLS, if there is any, is set up. Until then only this layer can end it. */
  isReady = false
  /** Whose it counts as; undefined for a proxy that speaks for nobody at present. */
  address: string | undefined
  /** Ends it when it has no session in time. */
  timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, figures: SurfaceFigures) {
    this.socket = socket
    this.name = nameOf(socket)
    this.figures = figures
  }

  /** Breaks it without a word; the file descriptor is free at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}
