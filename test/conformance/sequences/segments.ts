/** A stream in small segments, as over a slow line, or from a client with many small writes. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** Writes the bytes, at most `size` in a segment. */
export async function inSegments(socket: Socket, bytes: Buffer, size: number): Promise<void> {
  for (let from = 0; from < bytes.length; from += size) {
    socket.write(bytes.subarray(from, from + size))
    // The segment is sent before the next one is written.
    await turn()
  }
}

/** Passes all bytes on, in small segments. */
function relayed(from: Socket, to: Socket, size: number): void {
  to.setNoDelay(true)
  let last = Promise.resolve()
  from.on('data', (bytes) => {
    last = last.then(() => inSegments(to, Buffer.from(bytes), size))
  })
  from.on('error', () => undefined)
  from.on('close', () => {
    last.then(() => to.end())
  })
}

export interface Relay {
  readonly port: number
  /** Closes it. Its connections must have ended before. */
  close(): Promise<void>
}

/** A proxy for `port` on 127.0.0.1. No segment, in both directions, has more than `size` bytes. */
export async function smallSegments(port: number, size: number): Promise<Relay> {
  const server = createServer((client) => {
    const service = connect(port, '127.0.0.1')
    relayed(client, service, size)
    relayed(service, client, size)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}
