/** Floods of HTTP/2 frames, written as bytes because libraries do not send them. */
import { connect } from 'node:tls'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PING = 6
const END_OF_REQUEST = 5
const CANCEL = Buffer.from([0, 0, 0, 8])
/** `GET https://x/health`, as HPACK. */
const REQUEST = Buffer.concat([
  Buffer.from([0x82, 0x87, 0x04, 7]),
  Buffer.from('/health'),
  Buffer.from([0x01, 1]),
  Buffer.from('x'),
])

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** The bytes that one step of each flood sends. */
export const HTTP2_FLOODS: Readonly<Record<string, (count: number) => Buffer>> = {
  'streams that are reset': (count) =>
    Buffer.concat([
      frame(HEADERS, END_OF_REQUEST, 2 * count + 1, REQUEST),
      frame(RST_STREAM, 0, 2 * count + 1, CANCEL),
    ]),
  pings: () => frame(PING, 0, 0, Buffer.alloc(8)),
  settings: () => frame(SETTINGS, 0, 0, Buffer.alloc(0)),
}

/** More steps than any server should accept. */
const MOST = 1_000_000

/** Sends steps as fast as the server reads them. Resolves with their number when the connection is closed. */
export function http2Flood(port: number, blow: (count: number) => Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    socket.on('error', () => undefined).resume()
    const more = () => {
      while (!socket.destroyed && sent < MOST) {
        const written = socket.write(blow(sent))
        sent += 1
        if (!written) {
          socket.once('drain', more)
          return
        }
      }
      if (sent >= MOST) reject(new Error(`the server accepted ${sent} steps of the flood`))
    }
    socket.once('secureConnect', () => {
      socket.write(PREFACE)
      socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)))
      more()
    })
    socket.once('close', () => resolve(sent))
  })
}
