/** Who calls: HTTP Basic, checked on every request (`user.md` 1.3). */
import type { Accounts, Principal } from '../accounts/api.ts'
import { Refusal } from './refusal.ts'

export const CHALLENGE = 'Basic realm="Finesse"'

export interface Credentials {
  readonly name: string
  readonly password: string
}

const MAX_LENGTH = 1024
const BASIC = /^basic +([a-z0-9+/_-]+={0,2}) *$/i

/** The credentials of an `Authorization` header; `undefined` when there are none that could be meant. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = header === undefined ? undefined : BASIC.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = decodeText(Buffer.from(encoded, 'base64'))
  const colon = text.indexOf(':')
  if (colon < 1 || text.length > MAX_LENGTH) return undefined
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

// Some clients still send ISO 8859-1.
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

/** Verifies a caller; the refusal names the user as presented and is the same for every cause (ruling 20). */
export async function authenticate(accounts: Accounts, header: string | undefined): Promise<Principal> {
  const credentials = basicCredentials(header)
  if (credentials === undefined) throw new Refusal('AUTHENTICATION_FAILED')
  const principal = await accounts.verify(credentials.name, credentials.password)
  if (principal === undefined) throw new Refusal('AUTHENTICATION_FAILED', credentials.name)
  return principal
}
