/** The source of a request. All parts use it, so that limits by address mean the same everywhere. */
import { type HeadersOfClient, type Peer, sourceOf as sourceOfPeer } from '../sockets/index.ts'

/** The part of a request or connection that is needed here. */
export interface Connected {
  readonly socket?: Peer | null
}

/** A request with the headers in which a proxy names its client. */
export interface Arriving extends Connected {
  readonly headers: HeadersOfClient
}

/** A request with the credentials of HTTP Basic. */
export interface FromCaller extends Arriving {
  readonly headers: HeadersOfClient & { readonly authorization?: string | undefined }
}

/**
 * The source of a request: the address of the other end of the connection or, if that is a trusted proxy of the
 * listener's guard, the client that it names. `undefined` when the connection has ended.
 */
export function sourceOf({ socket, headers }: Arriving): string | undefined {
  return socket ? sourceOfPeer(socket, headers) : undefined
}
