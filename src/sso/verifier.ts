/** Verifies access tokens: signed JSON Web Tokens of one issuer, for one audience. */
import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { IssuerKeys } from './keys.ts'

/** Longest token in characters. */
export const MAX_TOKEN = 8192

/** Asymmetric signatures only: with others the issuer and everybody who verifies share a secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

export interface VerifierOptions {
  readonly issuer: string
  readonly audience: string
  readonly keys: Pick<IssuerKeys, 'for'>
  /** The claim that names the user. */
  readonly userClaim: string
  /** How far the clocks of issuer and server may differ, in seconds. */
  readonly clockSkewSeconds: number
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

export interface VerifiedToken {
  /** The value of the user claim. */
  readonly name: string
  /** The token's own id, or a hash of the token. */
  readonly id: string
  /** When the token is no longer accepted, in ms since 1970 UTC. */
  readonly end: number
}

/**
 * Resolves with the token's content; with `undefined` for a token that is not valid: malformed, another signature,
 * issuer or audience, expired, not yet valid, without an end or a user. Rejects with `AccountsBusyError` while the keys
 * of the issuer cannot be read.
 */
export async function verifyToken(token: string, options: VerifierOptions): Promise<VerifiedToken | undefined> {
  const { issuer, audience, keys, userClaim, clockSkewSeconds, now } = options
  const kid = keyNamedBy(token)
  if (kid === undefined) return undefined
  const ofIssuer = keysIn(await keys.for(kid.named))
  try {
    const { payload } = await jwtVerify(token, (...given) => usableKey(ofIssuer, ...given), {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(now()),
      requiredClaims: ['exp', userClaim],
    })
    return contentOf(token, payload, options)
  } catch (error) {
    // Every other error is one of this program.
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

type KnownKeys = ReturnType<typeof createLocalJWKSet>

/** Finds the key of a token. A key of the issuer that cannot be used makes its tokens invalid. */
async function usableKey(keys: KnownKeys, ...given: Parameters<KnownKeys>): ReturnType<KnownKeys> {
  try {
    return await keys(...given)
  } catch (error) {
    if (error instanceof errors.JOSEError) throw error
    throw new errors.JWKInvalid('the key of the issuer cannot be used', { cause: error })
  }
}

/** The keys of each document in the form for verification, which takes long to make. */
const known = new WeakMap<JSONWebKeySet, KnownKeys>()

function keysIn(document: JSONWebKeySet): KnownKeys {
  const made = known.get(document) ?? createLocalJWKSet(document)
  known.set(document, made)
  return made
}

function contentOf(
  token: string,
  payload: JWTPayload,
  { userClaim, clockSkewSeconds }: VerifierOptions,
): VerifiedToken | undefined {
  const name = payload[userClaim]
  if (typeof name !== 'string' || name === '' || payload.exp === undefined) return undefined
  const id = payload.jti ?? createHash('sha256').update(token).digest('base64url')
  return { name, id, end: (payload.exp + clockSkewSeconds) * 1000 }
}

/** The key that a token names, before anything of it is verified. `undefined` for a text that is no token. */
function keyNamedBy(token: string): { readonly named: string | undefined } | undefined {
  if (token.length > MAX_TOKEN) return undefined
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    return alg !== undefined && ALGORITHMS.includes(alg) ? { named: kid } : undefined
  } catch {
    return undefined
  }
}
