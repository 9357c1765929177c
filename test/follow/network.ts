/** A TCP proxy that a test can cut and block: the network between a follower and its Finesse. */
import net from 'node:net'

export interface Network {
  readonly port: number
  /** Most connections that were open at a time. */
  readonly most: number
  readonly open: number
  /** Breaks every connection, and accepts none until `restore`. */
  cut(): void
  /** Lets connections stay, but nothing passes until `restore`. */
  stall(): void
  restore(): void
  close(): Promise<void>
}

export async function networkTo(target: number): Promise<Network> {
  const sockets = new Set<net.Socket>()
  let state: 'open' | 'cut' | 'stalled' = 'open'
  let most = 0
  let open = 0
  const server = net.createServer((near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    const far = net.connect(target, '127.0.0.1')
    open += 1
    most = Math.max(most, open)
    near.once('close', () => {
      open -= 1
    })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (data) => {
        if (state === 'open') to.write(data)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get most() {
      return most
    },
    get open() {
      return open
    },
    cut() {
      state = 'cut'
      for (const socket of sockets) socket.destroy()
    },
    stall() {
      state = 'stalled'
    },
    restore() {
      if (state === 'stalled') for (const socket of sockets) socket.destroy()
      state = 'open'
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
