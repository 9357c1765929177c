/** Credentials of HTTP Basic (`user 1.3`). */

export interface BasicCredentials {
  readonly name: string
  readonly password: string
}

/** Longest name and password together, in characters. Longer ones are ignored. */
const MAX_LENGTH = 1024
/** A longer header is not decoded: Base64 and UTF-8 make at most four bytes of a character. */
const BYTES_OF_CHARACTER = 4
const BASIC = /^basic +([a-z0-9+/_-]+={0,2}) *$/i

/**
 * The credentials of an `Authorization` header; `undefined` when it is missing, malformed or too long. `longest`: most
 * characters of name and password together, where an access token may stand for the password.
 */
export function basicCredentials(header: string | undefined, longest = MAX_LENGTH): BasicCredentials | undefined {
  if (header === undefined || header.length > longest * BYTES_OF_CHARACTER) return undefined
  const encoded = BASIC.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = decodeText(Buffer.from(encoded, 'base64'))
  const colon = text.indexOf(':')
  if (colon < 1 || text.length > longest) return undefined
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

// Some clients still send ISO 8859-1 instead of UTF-8.
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
