/** Who calls: HTTP Basic, checked on every request (`user.md` 1.3). */
import type { Accounts, Principal } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { Refusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="Finesse"'

/** Verifies a caller; the refusal names the user as presented and is the same for every cause (ruling 20). */
export async function authenticate(accounts: Accounts, header: string | undefined): Promise<Principal> {
  const credentials = basicCredentials(header)
  if (credentials === undefined) throw new Refusal('AUTHENTICATION_FAILED')
  const principal = await accounts.verify(credentials.name, credentials.password)
  if (principal === undefined) throw new Refusal('AUTHENTICATION_FAILED', credentials.name)
  return principal
}
