/** Detects requests of foreign pages. Pages of this server, and programs, are not foreign. */
import { isIP } from 'node:net'
import { type AskingRequest, type CorsMode, isListed, isOpenToAll } from './cors.ts'
import type { Connected } from './source.ts'

/** A request with its connection. */
export type ArrivingRequest = AskingRequest & Connected

/** Which pages may use a surface, and under which host names. */
export interface PageAccess {
  readonly cors: CorsMode
  /** Host names of this server besides `localhost` and IP addresses. */
  readonly names: readonly string[]
}

/** The header by which a request was recognised as one of a foreign page. */
export type ForeignBy = 'Host' | 'Origin'

/**
 * Recognises requests of foreign pages: by an `Origin` that is not the server's or, on loopback, by a host name that is
 * not the server's. The latter detects DNS rebinding: a page whose name resolves to this machine has the server's
 * origin for the browser. Programs send no `Origin`. On other addresses than loopback the server may have any name.
 *
 * @param names host names of this server besides `localhost` and IP addresses
 */
export function foreignBy(request: ArrivingRequest, names: readonly string[]): ForeignBy | undefined {
  if (isNamedWrongly(request, names)) return 'Host'
  return isOfForeignPage(request) ? 'Origin' : undefined
}

/** Does a request on loopback use a host name that is not the server's? */
export function isNamedWrongly({ headers, socket }: ArrivingRequest, names: readonly string[]): boolean {
  const local = socket?.localAddress
  if (local === undefined || !/^(?:::1$|(?:::ffff:)?127\.)/i.test(local)) return false
  const host = hostOf(headers)
  // Browsers always send the host. No page of the Internet has a host name without a dot.
  if (host === undefined || !host.includes('.')) return false
  return !hasOwnHost(headers, names)
}

/** Does the request use one of the server's own names, or an IP address? */
export function hasOwnHost(headers: AskingRequest['headers'], names: readonly string[]): boolean {
  const here = urlOf(`http://${hostOf(headers) ?? ''}`)?.hostname
  if (here === undefined) return false
  const bare = here.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  // Browsers resolve names below `localhost` to loopback only.
  if (isIP(bare) !== 0 || bare === 'localhost' || bare.endsWith('.localhost')) return true
  return names.some((name) => name.toLowerCase() === bare)
}

/** Does a page of another origin send the request? */
export function isOfForeignPage({ headers }: AskingRequest): boolean {
  const { origin } = headers
  // Some requests of foreign pages have no Origin. Navigation, such as following a link, is harmless.
  const site = headers['sec-fetch-site']
  if ((site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate') return true
  if (origin === undefined) return false
  // `Host` may leave out the default port, which depends on the scheme. So the host is parsed with the scheme of the
  // origin.
  const asked = typeof origin === 'string' ? urlOf(origin) : undefined
  return asked === undefined || asked.host !== urlOf(`${asked.protocol}//${hostOf(headers) ?? ''}`)?.host
}

/**
 * May the sender of the request use a surface that is open to some pages only? Needed for requests that browsers send
 * without a preflight request, so that CORS does not stop them. Programs send no `Origin`. Pages of this server are
 * always allowed.
 */
export function mayUse(mode: CorsMode, request: ArrivingRequest, names: readonly string[]): boolean {
  if (isOpenToAll(mode)) return true
  if (isNamedWrongly(request, names)) return false
  const { origin } = request.headers
  return (typeof origin === 'string' && isListed(mode, origin)) || !isOfForeignPage(request)
}

/** The host of the request. HTTP/2 has `:authority` instead of `Host`. */
function hostOf(headers: AskingRequest['headers']): string | undefined {
  return (headers.host ?? headers[':authority'])?.toString()
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
