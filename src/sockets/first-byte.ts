import type { Socket } from 'node:net'

/** What the first byte of a connection to a port with TLS shows. */
export type FirstByte =
  /** A handshake of TLS. */
  | 'tls'
  /** The method of an HTTP request. */
  | 'http'
  | 'other'

const HANDSHAKE = 22
const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a

/**
 * Waits for the first byte and tells what it shows; the input is left on the socket. A connection that ends before is
 * closed, and `tell` is not called.
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
