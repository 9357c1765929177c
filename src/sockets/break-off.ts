import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Ends a connection abruptly: a plain TCP connection by a reset, other sockets (TLS, HTTP/2) by `destroy`. */
export function breakOff(socket: Duplex): void {
  if (socket instanceof Socket && !('encrypted' in socket)) socket.resetAndDestroy()
  else socket.destroy()
}
