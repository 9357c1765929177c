/** Authentication of the caller by HTTP Basic or by an access token. Only administrators may call `/acd`. */
import type { Accounts, Principal } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { bearerToken } from '../accounts/bearer.ts'
import { type FromCaller, sourceOf } from '../http/index.ts'
import { ControlRefusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="mrdian ACD control", charset="UTF-8"'

/**
 * Resolves with the administrator's id, or rejects with `ControlRefusal`: 401 for wrong credentials, 403 for a user. An
 * access token counts if the accounts give tokens to administrators.
 */
export async function requireAdministrator(accounts: Accounts, request: FromCaller): Promise<string> {
  const principal = await callerOf(accounts, request)
  if (principal.kind !== 'administrator')
    throw new ControlRefusal('FORBIDDEN', principal.id, `user ${principal.id} is not an administrator`)
  return principal.id
}

async function callerOf(accounts: Accounts, request: FromCaller): Promise<Principal> {
  const { authorization } = request.headers
  const token = accounts.tokens && bearerToken(authorization)
  if (token !== undefined) {
    const principal = await accounts.tokens?.verify(token)
    if (principal !== undefined) return principal
    throw new ControlRefusal('UNAUTHENTICATED', 'Authorization', 'the access token is not valid')
  }
  const credentials = basicCredentials(authorization)
  if (credentials === undefined)
    throw new ControlRefusal(
      'UNAUTHENTICATED',
      'Authorization',
      'an administrator name and password are needed (HTTP Basic)',
    )
  const principal = await accounts.verify(credentials.name, credentials.password, sourceOf(request))
  if (principal === undefined)
    throw new ControlRefusal(
      'UNAUTHENTICATED',
      'Authorization',
      'the name or the password is wrong, or the account is locked',
    )
  return principal
}
