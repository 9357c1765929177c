/** What requests to other servers share: the account, bounded answers, and what went wrong in words. */

/** The value of `Authorization` for a name and a password. */
export const basicAuthorization = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** The text of an answer; `undefined` if it has more bytes than `most`. Reads no more than that. */
export async function textWithin(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > most) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Errors of TLS that a certificate of the operator's own choice would end. */
const UNTRUSTED = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT)/

/** What went wrong below `fetch`, or below another client. */
export interface Cause {
  /** Code of Node, for example `ECONNREFUSED`; `''` without one. */
  readonly code: string
  readonly message: string
  /** The certificate is not trusted, has expired, or has another name. */
  readonly isUntrusted: boolean
}

export function causeBelow(error: unknown): Cause {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return { code: '', message: String(error), isUntrusted: false }
  const code = 'code' in cause ? String(cause.code) : ''
  return { code, message: cause.message, isUntrusted: UNTRUSTED.test(code) }
}
