/** The source of a request. All parts use it, so that limits by address mean the same everywhere. */
import { type HeadersOfClient, isTrusted, type Peer, sourceOf as sourceOfPeer } from '../sockets/index.ts'

/** The part of a request or connection that is needed here. */
export interface Connected {
  readonly socket?: Peer | null
}

/** A request with the headers in which a proxy names its client. */
export interface Arriving extends Connected {
  readonly headers: HeadersOfClient & { readonly 'x-forwarded-proto'?: string | readonly string[] | undefined }
}

/** A request with the credentials of HTTP Basic. */
export interface FromCaller extends Arriving {
  readonly headers: Arriving['headers'] & { readonly authorization?: string | undefined }
}

/**
 * The source of a request: the address of the other end of the connection or, if that is a trusted proxy of the
 * listener's guard, the client that it names. `undefined` when the connection has ended.
 */
export function sourceOf({ socket, headers }: Arriving): string | undefined {
  return socket ? sourceOfPeer(socket, headers) : undefined
}

/** Has the client used TLS? A trusted proxy says it for its client in `X-Forwarded-Proto`. */
export function isOverTls({ socket, headers }: Arriving): boolean {
  if (!socket) return false
  const said = headers['x-forwarded-proto']
  return isTrusted(socket) && (said === 'https' || said === 'http') ? said === 'https' : 'encrypted' in socket
}
