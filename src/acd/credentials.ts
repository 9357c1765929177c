/** Who calls: HTTP Basic, administrators only. */
import type { Accounts } from '../accounts/api.ts'
import { Refusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="mrdian ACD control", charset="UTF-8"'

const MAX_HEADER = 4096
const BASIC = /^basic +([a-z0-9+/_-]+={0,2}) *$/i

interface Credentials {
  readonly name: string
  readonly password: string
}

function credentialsOf(header: string | undefined): Credentials | undefined {
  if (header === undefined || header.length > MAX_HEADER) return undefined
  const encoded = BASIC.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Resolves for an administrator, else throws the refusal: 401 for nobody known, 403 for a known user. */
export async function requireAdministrator(accounts: Accounts, header: string | undefined): Promise<void> {
  const credentials = credentialsOf(header)
  if (credentials === undefined)
    throw new Refusal('UNAUTHENTICATED', 'Authorization', 'an administrator name and password are needed (HTTP Basic)')
  const principal = await accounts.verify(credentials.name, credentials.password)
  if (principal === undefined)
    throw new Refusal('UNAUTHENTICATED', 'Authorization', 'the name or the password is wrong, or the account is locked')
  if (principal.kind !== 'administrator')
    throw new Refusal('FORBIDDEN', principal.id, `user ${principal.id} is not an administrator`)
}
