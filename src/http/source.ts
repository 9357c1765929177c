/** Where a request comes from: one place, so that limits by address mean the same everywhere. */
import { type HeadersOfClient, type Peer, sourceOf as sourceOfPeer } from '../sockets/index.ts'

/** As much of a request, or of a connection, as matters here. */
export interface Connected {
  readonly socket?: Peer | null
}

/** A request, with what a proxy may say in it of the client that it speaks for. */
export interface Arriving extends Connected {
  readonly headers: HeadersOfClient
}

/** A request of somebody who signs in by HTTP Basic. */
export interface FromCaller extends Arriving {
  readonly headers: HeadersOfClient & { readonly authorization?: string | undefined }
}

/**
 * Whoever sent a request: the address of the other end of the connection, or the client that it speaks for where it is a
 * proxy that the guard of the listener believes. `undefined` once the connection is gone.
 */
export function sourceOf({ socket, headers }: Arriving): string | undefined {
  return socket ? sourceOfPeer(socket, headers) : undefined
}
