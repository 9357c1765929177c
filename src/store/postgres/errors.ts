/** Turns errors of PostgreSQL and of its connections into store errors. */
import { StoreError, type StoreErrorCode } from '../errors.ts'
import { onOneLine } from '../sqlite/errors.ts'

/** Codes of errors that the functions of this store raise (`schema.ts`). */
export const OTHER_OWNER = 'MD001'
export const OTHER_TURN = 'MD002'

const UNTRUSTED: readonly [StoreErrorCode, string] = [
  'DENIED',
  'the certificate of the server is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS',
]

/** What an operator can do, by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const KNOWN: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  '28P01': ['DENIED', 'the user name or the password is wrong'],
  '28000': ['DENIED', 'the server does not let this user in from here; see its pg_hba.conf'],
  '42501': ['DENIED', 'the user lacks rights; make it the owner of the database, or of the schema of the store'],
  '3D000': ['NOT_A_STORE', 'there is no such database; create it first'],
  '53100': ['FAILED', 'the disk of the server is full; make space there'],
  '53200': ['FAILED', 'the server has no memory left'],
  '53300': ['UNREACHABLE', 'the server has no connection left; close others, or raise its max_connections'],
  '57P03': ['UNREACHABLE', 'the server is starting or stopping'],
  '57P01': ['UNREACHABLE', 'the server has ended the connection'],
  '57P02': ['UNREACHABLE', 'the server has ended the connection'],
  '25006': ['UNREACHABLE', 'the server is a standby, which takes no changes; name the primary in the url too'],
  '55P03': ['FAILED', 'another program has the tables locked; close it and try again'],
  '40P01': ['FAILED', 'another program has the tables locked; close it and try again'],
  ECONNREFUSED: ['UNREACHABLE', 'no server answers there; start it, or correct the url'],
  ENOENT: ['UNREACHABLE', 'no server answers there; start it, or correct the url'],
  ENOTFOUND: ['UNREACHABLE', 'the name of the machine is unknown; correct the url'],
  EAI_AGAIN: ['UNREACHABLE', 'the name of the machine cannot be looked up now'],
  ETIMEDOUT: ['UNREACHABLE', 'the server does not answer'],
  // TLS (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: ['DENIED', 'the certificate of the server has expired; renew it'],
  CERT_NOT_YET_VALID: ['DENIED', 'the certificate of the server is not valid yet; look at the clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['DENIED', 'the certificate of the server is for another name; correct the url'],
  CONNECT_TIMEOUT: ['UNREACHABLE', 'the server does not answer'],
}

/** The code of an error: that of PostgreSQL, of Node or of the package. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether PostgreSQL refused a statement, and the connection goes on. The statement has changed nothing then. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('severity' in error)) return false
  // A server that has become a standby refuses everything: the store has to look for another one.
  return error.severity === 'ERROR' && codeOf(error) !== '25006'
}

/** The constraint that a statement violated, if that is why it was refused. */
export function constraintOf(error: unknown): string | undefined {
  if (codeOf(error) !== '23505' || typeof error !== 'object' || error === null) return undefined
  return 'constraint_name' in error && typeof error.constraint_name === 'string' ? error.constraint_name : undefined
}

/**
 * Returns an error with the address and one sentence. A store error is returned unchanged. The original error is not the
 * cause, because it carries the statement and the row, which may be personal data. `otherwise`: the code when that of
 * PostgreSQL does not decide it.
 */
export function toStoreError(error: unknown, where: string, otherwise: StoreErrorCode): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error) ?? ''
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined
  if (known !== undefined) return new StoreError(known[0], `${where}: ${known[1]}`)
  // Without a severity it does not come from PostgreSQL, but from the connection.
  const isLost = error instanceof Error && !('severity' in error) && code !== ''
  if (isLost) return new StoreError('UNREACHABLE', `${where}: the connection was lost (${code})`)
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(otherwise, `${where}: ${onOneLine(message)}`)
}
