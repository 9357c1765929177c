import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Breaks one connection without a word: by a reset where it is TCP's own, by its plain end where there is TLS above. */
export function breakOff(socket: Duplex): void {
  if (socket instanceof Socket && !('encrypted' in socket)) socket.resetAndDestroy()
  else socket.destroy()
}
