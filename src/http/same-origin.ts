/** Whether a request comes from a page of this very server, or from a program; pages of others are foreign. */
import { isIP } from 'node:net'
import { type AskingRequest, type CorsMode, isListed, isOpenToAll } from './cors.ts'
import type { Connected } from './source.ts'

/** A request with the connection that it came on. */
export type ArrivingRequest = AskingRequest & Connected

/** Which pages may use a surface, and under which names. */
export interface PageAccess {
  readonly cors: CorsMode
  /** Host names of this server beside `localhost` and plain addresses. */
  readonly names: readonly string[]
}

/** Header that shows a request to be a foreign page's. */
export type ForeignBy = 'Host' | 'Origin'

/**
 * What gives a foreign page away: an `Origin` that is not the server's, or, on loopback, a name that is not the server's.
 * A page whose name was made to lead to this machine (DNS rebinding) has the same origin in the eyes of a browser.
 * Programs send no `Origin`. Elsewhere than on loopback a server may have any name.
 *
 * @param names host names of this server beside `localhost` and plain addresses
 */
export function foreignBy(request: ArrivingRequest, names: readonly string[]): ForeignBy | undefined {
  if (isNamedWrongly(request, names)) return 'Host'
  return isOfForeignPage(request) ? 'Origin' : undefined
}

/** On loopback: was this server asked under a name that is not its own? */
export function isNamedWrongly({ headers, socket }: ArrivingRequest, names: readonly string[]): boolean {
  const local = socket?.localAddress
  if (local === undefined || !/^(?:::1$|(?:::ffff:)?127\.)/i.test(local)) return false
  const host = hostOf(headers)
  // Browsers always say which host they mean. No page of the Internet has a name without a dot.
  if (host === undefined || !host.includes('.')) return false
  return !hasOwnHost(headers, names)
}

/** Is the server asked under its own name, or by its address? */
export function hasOwnHost(headers: AskingRequest['headers'], names: readonly string[]): boolean {
  const here = urlOf(`http://${hostOf(headers) ?? ''}`)?.hostname
  if (here === undefined) return false
  const bare = here.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  // Browsers look for names below `localhost` nowhere else.
  if (isIP(bare) !== 0 || bare === 'localhost' || bare.endsWith('.localhost')) return true
  return names.some((name) => name.toLowerCase() === bare)
}

/** Does a page of another origin send it? */
export function isOfForeignPage({ headers }: AskingRequest): boolean {
  const { origin } = headers
  // Some requests of other pages have no Origin. Following a link there is no harm.
  const site = headers['sec-fetch-site']
  if ((site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate') return true
  if (origin === undefined) return false
  // The port that a browser leaves out is that of the scheme; only plain `host` says nothing of it.
  const asked = typeof origin === 'string' ? urlOf(origin) : undefined
  return asked === undefined || asked.host !== urlOf(`${asked.protocol}//${hostOf(headers) ?? ''}`)?.host
}

/**
 * May whoever sends this use a surface that is open to some pages? For what a browser sends without asking in advance: the
 * server has to look for itself. Programs send no `Origin`; pages of this very server are no others.
 */
export function mayUse(mode: CorsMode, request: ArrivingRequest, names: readonly string[]): boolean {
  if (isOpenToAll(mode)) return true
  if (isNamedWrongly(request, names)) return false
  const { origin } = request.headers
  return (typeof origin === 'string' && isListed(mode, origin)) || !isOfForeignPage(request)
}

/** HTTP/2 has `:authority` in place of Host. */
function hostOf(headers: AskingRequest['headers']): string | undefined {
  return (headers.host ?? headers[':authority'])?.toString()
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
