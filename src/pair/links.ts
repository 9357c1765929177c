/**
 * The link on a connection that another server has opened: the owner's end. The engine's own session is a client of a
 * listener on loopback, which takes this one connection and passes it on.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { joined } from './joined.ts'
import { SILENCE_MS } from './wire.ts'

/** A notification service in another process, for one connection of the engine. */
export interface ServiceLink {
  /** Address for the engine, for example `xmpp://127.0.0.1:40123`. */
  readonly service: string
  readonly password: string
  /** No client has stayed connected there since the link before, for example because that process is a new one. */
  readonly isFresh: boolean
  /** Resolves when the link is over. */
  readonly ended: Promise<void>
  /** Ends the link. */
  close(): void
}

/** Rejects if there is no port left. */
export async function linkOn(
  socket: Socket,
  { password, isFresh }: Pick<ServiceLink, 'password' | 'isFresh'>,
): Promise<ServiceLink> {
  const listener = createServer()
  // Nobody reads the connection until the engine comes, so its end would not be noticed.
  const alone = setTimeout(() => socket.destroy(), SILENCE_MS)
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      clearTimeout(alone)
      listener.close()
      resolve()
    })
  })
  listener.once('connection', (engine) => {
    clearTimeout(alone)
    listener.close()
    joined(engine, socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (socket.destroyed) listener.close()
  return { service: `xmpp://127.0.0.1:${port}`, password, isFresh, ended, close: () => socket.destroy() }
}
