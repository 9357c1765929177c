/** Authentication of the caller by HTTP Basic, on every request (`user 1.3`). */
import type { Accounts, Principal } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { type FromCaller, sourceOf } from '../http/index.ts'
import { RestRefusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="Finesse"'

/** Verifies the caller. The refusal repeats the name as presented and is the same for every cause (ruling 20). */
export async function authenticate(accounts: Accounts, request: FromCaller): Promise<Principal> {
  const credentials = basicCredentials(request.headers.authorization)
  if (credentials === undefined) throw new RestRefusal('AUTHENTICATION_FAILED')
  const principal = await accounts.verify(credentials.name, credentials.password, sourceOf(request))
  if (principal === undefined) throw new RestRefusal('AUTHENTICATION_FAILED', credentials.name)
  return principal
}
