/**
 * The cookie with the sign-in of a browser, for all pages below one address. Scripts cannot read it, and no request of
 * another site has it.
 */
import { type FromCaller, isOverTls } from '../../http/index.ts'

/** A request that may have the cookie. */
export interface CookieCaller extends FromCaller {
  readonly headers: FromCaller['headers'] & {
    readonly cookie?: string | undefined
    readonly host?: string | undefined
    readonly ':authority'?: string | string[] | undefined
  }
}

/** Longest life of the cookie in seconds. The server ends a sign-in earlier. */
const MAX_AGE = 12 * 3600
const SECRET = /^[\w-]{43}$/

/** Browsers do not tell ports apart, so each port has a cookie of its own. */
function nameOf({ headers }: CookieCaller): string {
  const host = (headers.host ?? headers[':authority'] ?? '').toString()
  const port = host.slice(host.lastIndexOf(':') + 1)
  return `mrdian-sign-in${/^\d{1,5}$/.test(port) ? `-${port}` : ''}`
}

/** The secret of the sign-in that a request has in its cookie. */
export function secretIn(caller: CookieCaller): string | undefined {
  const name = nameOf(caller)
  for (const part of (caller.headers.cookie ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=', 2)
    if (key === name && SECRET.test(value)) return value
  }
  return undefined
}

/** The header that sets the cookie; without a secret, the one that deletes it. */
export function cookieOf(caller: CookieCaller, secret = ''): string {
  const age = secret === '' ? 0 : MAX_AGE
  const rest = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${isOverTls(caller) ? '; Secure' : ''}`
  return `${nameOf(caller)}=${secret}; ${rest}`
}
