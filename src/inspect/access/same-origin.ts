/** Which pages may connect: those of this server, under a name that is its own. */
import { type AskingRequest, hasOwnHost, isOfForeignPage } from '../../http/index.ts'
import { AccessRefusal } from './refusal.ts'

/**
 * Refuses what a page of another origin sends, and what comes for a name that is not this server's, on whatever address.
 *
 * @param names host names of this server beside `localhost` and plain addresses
 * @throws AccessRefusal FORBIDDEN
 */
export function requireSameOrigin(headers: AskingRequest['headers'], names: readonly string[]): void {
  if (!hasOwnHost(headers, names)) throw new AccessRefusal('FORBIDDEN', 'Host', 'this server has another name')
  if (isOfForeignPage({ headers }))
    throw new AccessRefusal('FORBIDDEN', 'Origin', 'pages of another origin may not do this')
}
