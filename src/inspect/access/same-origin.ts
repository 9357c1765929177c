/** Which pages may connect: those of this server, under a name that is its own. */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { AccessRefusal } from './refusal.ts'

/**
 * Refuses what a page of another origin sends, and what comes for a name that is not this server's: a page whose
 * name was made to lead here (DNS rebinding) has the same origin in the eyes of a browser. Programs send no Origin.
 *
 * HTTP/2 has `:authority` in place of Host.
 *
 * @param names host names of this server beside `localhost` and plain addresses
 * @throws AccessRefusal FORBIDDEN
 */
export function requireSameOrigin(headers: IncomingHttpHeaders, names: readonly string[]): void {
  const { origin } = headers
  const host = headers.host ?? headers[':authority']?.toString()
  const here = hostOf(`http://${host ?? ''}`)
  if (here === undefined || !isOwnName(here.hostname, names))
    throw new AccessRefusal('FORBIDDEN', 'Host', 'this server has another name')
  if (origin === undefined) return
  // The port that a browser leaves out is that of the scheme; only plain `host` says nothing of it.
  const asked = hostOf(origin)
  if (asked === undefined || asked.host !== hostOf(`${asked.protocol}//${host ?? ''}`)?.host)
    throw new AccessRefusal('FORBIDDEN', 'Origin', 'pages of another origin may not do this')
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

function isOwnName(hostname: string, names: readonly string[]): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return isIP(bare) !== 0 || bare === 'localhost' || names.some((name) => name.toLowerCase() === bare)
}
