/** Bytes in small segments: what a slow line, or a client that thinks nothing of its writes, makes of a stream. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** Writes the bytes, at most `size` in a segment. */
export async function inSegments(socket: Socket, bytes: Buffer, size: number): Promise<void> {
  for (let from = 0; from < bytes.length; from += size) {
    socket.write(bytes.subarray(from, from + size))
    // The segment leaves before the next is written.
    await turn()
  }
}

/** Hands on whatever comes, in small segments. */
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
  /** Ends it; its connections have to be over. */
  close(): Promise<void>
}

/** A way to `port` on 127.0.0.1 on which no segment, in either direction, has more than `size` bytes. */
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
