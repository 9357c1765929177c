/** The document with the public keys of an issuer: a JSON Web Key Set (RFC 7517). */
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'

/** Longest document in bytes, and most keys in it. */
export const MAX_KEYS_BYTES = 256 * 1024
const MAX_KEYS = 100

/** Only public keys of signatures: a shared secret (`oct`) would let everybody who can read the document sign. */
const KEY = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), kid: z.string().max(256).optional() })
const DOCUMENT = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) })

/**
 * The usable keys of a document. Keys of other types are left out.
 *
 * @throws TypeError if the text is no key set, or has no usable key.
 */
export function parseKeys(text: string): JSONWebKeySet {
  const document = DOCUMENT.safeParse(parsed(text))
  if (!document.success) throw new TypeError('the document is no JSON Web Key Set')
  const keys = document.data.keys.flatMap((each) => {
    const key = KEY.safeParse(each)
    return key.success ? [key.data] : []
  })
  if (keys.length === 0) throw new TypeError('the document has no public key for signatures')
  return { keys }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
