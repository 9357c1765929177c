/** A network between a store and its server: it can hold what is on its way, and change what the server says. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  /** Nothing passes until `release`. What was sent meanwhile passes then, even if its sender has gone. */
  hold(): void
  release(): void
  /** Bytes of the stores that are held now. */
  readonly held: number
  close(): Promise<void>
}

/** The addresses of both ends of a proxy; default: loopback. */
export interface ProxyEnds {
  readonly server?: string
  readonly here?: string
}

/** `change`: of what the server says. */
export async function startProxy(
  port: number,
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
  { server: host = '127.0.0.1', here = '127.0.0.1' }: ProxyEnds = {},
): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let [isHeld, held] = [false, 0]
  const pass = (run: () => void) => {
    if (isHeld) waiting.push(run)
    else run()
  }
  const server = createServer((store) => {
    const remote = connect(port, host)
    for (const socket of [store, remote]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    store.on('data', (bytes) => {
      if (isHeld) held += bytes.length
      pass(() => remote.write(bytes))
    })
    remote.on('data', (bytes) => pass(() => store.destroyed || store.write(change(bytes))))
    store.on('close', () => pass(() => remote.end()))
    remote.on('close', () => pass(() => store.destroy()))
  })
  server.listen(0, here)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      held = 0
      for (const run of waiting.splice(0)) run()
    },
    get held() {
      return held
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
