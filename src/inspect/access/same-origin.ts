/** Accepts only requests from pages of this server, under one of its names. */
import { type AskingRequest, hasOwnHost, isOfForeignPage } from '../../http/index.ts'
import { AccessRefusal } from './refusal.ts'

/**
 * Refuses requests from pages of another origin, and requests for a host name that is not this server's, on every
 * address.
 *
 * @param names host names of this server, in addition to `localhost` and plain addresses
 * @throws AccessRefusal FORBIDDEN
 */
export function requireSameOrigin(headers: AskingRequest['headers'], names: readonly string[]): void {
  if (!hasOwnHost(headers, names)) throw new AccessRefusal('FORBIDDEN', 'Host', 'this server has another name')
  if (isOfForeignPage({ headers }))
    throw new AccessRefusal('FORBIDDEN', 'Origin', 'pages of another origin may not do this')
}
