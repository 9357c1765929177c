/** Authentication of the caller on every request, by HTTP Basic or by an access token (`user 1.3`). */
import type { Accounts, Principal } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { bearerToken } from '../accounts/bearer.ts'
import { type FromCaller, sourceOf } from '../http/index.ts'
import { RestRefusal } from './refusal.ts'

const BASIC = 'Basic realm="Finesse"'
const BEARER = 'Bearer realm="Finesse"'

/** `WWW-Authenticate` of a refused request (RFC 6750 3). */
export function challengeFor({ tokens }: Accounts, { headers }: FromCaller): string {
  if (tokens === undefined) return BASIC
  const bearer = bearerToken(headers.authorization) === undefined ? BEARER : `${BEARER}, error="invalid_token"`
  return tokens.mode === 'SSO' ? bearer : `${BASIC}, ${bearer}`
}

/** Verifies the caller. The refusal repeats the name as presented and is the same for every cause (ruling 20). */
export async function authenticate(accounts: Accounts, request: FromCaller): Promise<Principal> {
  const { authorization } = request.headers
  const token = bearerToken(authorization)
  const byToken = token === undefined ? undefined : await accounts.tokens?.verify(token)
  if (byToken !== undefined) return byToken
  const credentials = basicCredentials(authorization)
  if (credentials === undefined) throw new RestRefusal('AUTHENTICATION_FAILED')
  const principal = await accounts.verify(credentials.name, credentials.password, sourceOf(request))
  if (principal === undefined) throw new RestRefusal('AUTHENTICATION_FAILED', credentials.name)
  return principal
}
