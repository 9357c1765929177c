/**
 * The link on a connection that another server has opened: the owner's end. The engine's own session is a client of a
 * listener on loopback, which takes this one connection and passes it on.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { joined } from './joined.ts'

/** A notification service in another process, for one connection of the engine. */
export interface ServiceLink {
  /** Address for the engine, for example `xmpp://127.0.0.1:40123`. */
  readonly service: string
  readonly password: string
  /** Resolves when the link is over. */
  readonly ended: Promise<void>
  /** Ends the link. */
  close(): void
}

/** Rejects if there is no port left. */
export async function linkOn(socket: Socket, password: string): Promise<ServiceLink> {
  const listener = createServer()
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      listener.close()
      resolve()
    })
  })
  listener.once('connection', (engine) => {
    listener.close()
    joined(engine, socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (socket.destroyed) listener.close()
  return { service: `xmpp://127.0.0.1:${port}`, password, ended, close: () => socket.destroy() }
}
