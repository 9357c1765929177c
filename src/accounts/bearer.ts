/** Access tokens as callers send them. */
import { foldName } from '../directory/names.ts'
import type { Accounts, Principal } from './api.ts'

const BEARER = /^bearer +([\w~+/.-]+=*) *$/i
/** The form of a signed token: a header that begins with `{"`, content and signature, in Base64. */
const TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/

/** The token of an `Authorization: Bearer` header; `undefined` for another scheme or a malformed header. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : BEARER.exec(header)?.[1]
}

export interface SignedIn {
  readonly principal: Principal
  readonly byToken: boolean
}

/**
 * Verifies a name with a password, or with an access token in its place (`notifications 3.2`). A token must be of the
 * user with this name. Wrong tokens do not count towards a lock-out, because nobody can guess one. Rejects as
 * `Accounts.verify`.
 *
 * @param idOf the id of a user with this id or login name
 */
export async function verifyPasswordOrToken(
  accounts: Accounts,
  [name, secret]: readonly [name: string, secret: string],
  address: string | undefined,
  idOf: (name: string) => string,
): Promise<SignedIn | undefined> {
  const byToken = accounts.tokens !== undefined && TOKEN.test(secret)
  const principal = byToken ? await accounts.tokens?.verify(secret) : await accounts.verify(name, secret, address)
  if (principal === undefined || (byToken && foldName(idOf(name)) !== foldName(principal.id))) return undefined
  return { principal, byToken }
}
