import type { Socket } from 'node:net'

/** Protocol of a connection to a port with TLS, by its first byte. */
export type FirstByte =
  /** A handshake of TLS. */
  | 'tls'
  /** The method of an HTTP request. */
  | 'http'
  | 'other'

const HANDSHAKE = 22
const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a

/**
 * Waits for the first byte and calls `tell` with the protocol. The input stays on the socket. If the connection ends
 * before, it is closed and `tell` is not called.
 */
export function lookAtFirstByte(socket: Socket, tell: (shown: FirstByte) => void): void {
  const gone = () => socket.destroy()
  const look = () => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null || chunk.length === 0) {
      socket.once('readable', look)
      return
    }
    socket.off('end', gone)
    socket.unshift(chunk)
    const [byte = 0] = chunk
    tell(byte === HANDSHAKE ? 'tls' : isCapital(byte) ? 'http' : 'other')
  }
  socket.once('end', gone)
  socket.once('readable', look)
}
