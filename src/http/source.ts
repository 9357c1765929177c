/** Where a request comes from: one place, so that limits by address mean the same everywhere. */

/** As much of a request, or of a connection, as matters here. */
export interface Connected {
  readonly socket?: { readonly remoteAddress?: string | undefined; readonly localAddress?: string | undefined } | null
}

/** A request of somebody who signs in by HTTP Basic. */
export interface FromCaller extends Connected {
  readonly headers: { readonly authorization?: string | undefined }
}

/** Address of whoever sent a request: that of the other end of the connection. `undefined` once that is gone. */
export function sourceOf({ socket }: Connected): string | undefined {
  return socket?.remoteAddress
}
