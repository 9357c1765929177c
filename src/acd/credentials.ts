/** Authentication of the caller by HTTP Basic. Only administrators may call `/acd`. */
import type { Accounts } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { type FromCaller, sourceOf } from '../http/index.ts'
import { ControlRefusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="mrdian ACD control", charset="UTF-8"'

/**
 * Resolves with the administrator's id, or rejects with `ControlRefusal`: 401 for wrong credentials, 403 for a user.
 */
export async function requireAdministrator(accounts: Accounts, request: FromCaller): Promise<string> {
  const credentials = basicCredentials(request.headers.authorization)
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
  if (principal.kind !== 'administrator')
    throw new ControlRefusal('FORBIDDEN', principal.id, `user ${principal.id} is not an administrator`)
  return principal.id
}
