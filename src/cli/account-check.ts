/**
 * The path where an external XMPP server checks a name and a password: `GET /accounts/check` with HTTP Basic. It
 * answers in every state of service, because the engine signs in at the XMPP server with its own account before it is
 * in service.
 */
import type { FastifyInstance } from 'fastify'
import { basicCredentials } from '../accounts/basic.ts'
import { verifyPasswordOrToken } from '../accounts/bearer.ts'
import { type Accounts, AccountsBusyError } from '../accounts/index.ts'
import { isSameSecret } from '../accounts/same-secret.ts'
import { foreignBy, sourceOf } from '../http/index.ts'
import { checkingPassword, hasSession } from '../sockets/index.ts'
import { ACCOUNT_CHECK } from './defaults.ts'

/** A password may be an access token, which is longer. */
const MAX_NAME_AND_SECRET = 8192 + 256

/** The engine's own account on the XMPP server. */
export interface ServiceAccount {
  readonly user: string
  readonly password: string
}

/**
 * May this account sign in to the XMPP server? The name must be the id, not the login name, because it becomes the
 * address (`notifications 2`). Wrong passwords count towards the lock-out, as everywhere (ruling 20). The engine's own
 * account is never locked, because anybody could lock it otherwise. The XMPP server is a source of its own for the
 * lock-out, because all clients are behind it.
 */
export async function mayConnect(
  accounts: Accounts,
  own: ServiceAccount,
  name: string,
  password: string,
  server: string | undefined,
): Promise<boolean> {
  if (name.toLowerCase() === own.user.toLowerCase()) return isSameSecret(password, own.password)
  const address = server && `XMPP server at ${server}`
  const signedIn = await verifyPasswordOrToken(accounts, [name, password], address, (id) => id)
  return signedIn?.principal.id.toLowerCase() === name.toLowerCase()
}

/** Adds the path, under the names of this server. Answers 204 for yes, 401 for no, 503 for too many checks at once. */
export function addAccountCheck(
  app: FastifyInstance,
  accounts: Accounts,
  own: ServiceAccount,
  names: readonly string[],
): void {
  app.get(ACCOUNT_CHECK, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // A foreign page could try passwords through a browser.
    if (foreignBy(request.raw, names) !== undefined) return reply.code(403).send()
    const given = basicCredentials(request.headers.authorization, MAX_NAME_AND_SECRET)
    if (given === undefined) return reply.code(401).header('www-authenticate', 'Basic realm="mrdian"').send()
    const checked = checkingPassword(request.raw.socket)
    try {
      const may = await mayConnect(accounts, own, given.name, given.password, sourceOf(request.raw))
      if (may) hasSession(request.raw.socket)
      return reply.code(may ? 204 : 401).send()
    } catch (error) {
      if (error instanceof AccountsBusyError) return reply.code(503).header('retry-after', '1').send()
      throw error
    } finally {
      checked()
    }
  })
}
