import { NS } from './namespaces.ts'
import { type Packet, packet, tag } from './xml/markup.ts'

/** Conditions of a SASL failure (RFC 6120 6.5). */
export type SaslCondition =
  | 'aborted'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'not-authorized'
  | 'temporary-auth-failure'

/** A PLAIN message (RFC 4616). */
export interface PlainMessage {
  /** Authorization identity, `''` when left out. */
  readonly authorization: string
  readonly name: string
  readonly password: string
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Decodes the content of `auth` or `response`. Returns the message, or the condition of the failure. */
export function decodePlain(content: string): PlainMessage | SaslCondition {
  const base64 = content.replace(/[ \t\r\n]/g, '')
  if (base64 === '=') return 'malformed-request'
  if (!BASE64.test(base64) || base64.length % 4 !== 0) return 'incorrect-encoding'
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    return 'malformed-request'
  }
  const [authorization, name, password, ...more] = text.split('\0')
  if (authorization === undefined || !name || !password || more.length > 0) return 'malformed-request'
  return { authorization, name, password }
}

function localOf(identity: string): string {
  const bare = identity.split('/', 1)[0] ?? ''
  const at = bare.lastIndexOf('@')
  return at < 0 ? bare : bare.slice(0, at)
}

/**
 * May an account with this name use this authorization identity? It may be empty, the plain name, or a JID with any
 * domain. It is refused when its local part is another name (`notifications 3.2`). `also`: further names of the same
 * account.
 */
export function authorizes(authorization: string, name: string, also: readonly string[]): boolean {
  if (authorization === '') return true
  const wanted = [authorization.toLowerCase(), localOf(authorization).toLowerCase()]
  return [name, localOf(name), ...also].some((known) => wanted.includes(known.toLowerCase()))
}

/** Only `PLAIN` is offered. With other mechanisms clients would choose one of those and fail (`notifications 3.2`). */
export const mechanisms = tag('mechanisms', { xmlns: NS.sasl }, tag('mechanism', {}, 'PLAIN'))

export const success: Packet = packet('success', { xmlns: NS.sasl })

/** Asks for the initial response that a client left out. */
export const challenge: Packet = packet('challenge', { xmlns: NS.sasl })

export function failure(condition: SaslCondition): Packet {
  return packet('failure', { xmlns: NS.sasl }, tag(condition))
}
