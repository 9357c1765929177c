/**
 * The form of `Credential.secret`: `plain:` and the password, or `scrypt$N$r$p$salt$hash` with salt and hash in
 * base64url.
 */

/** Parameters of scrypt: cost, block size, parallelisation. A check needs 128 * N * r bytes of memory. */
export interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** A parsed secret. */
export type Secret =
  | { readonly kind: 'plain'; readonly password: string }
  | { readonly kind: 'scrypt'; readonly cost: ScryptCost; readonly salt: Buffer; readonly hash: Buffer }

const PLAIN = 'plain:'
const SCRYPT = /^scrypt\$(\d{1,8})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{11,128})\$([A-Za-z0-9_-]{22,128})$/
const MAX_BYTES = 256 * 1024 * 1024

/** `plain:<password>`, as in a `Credential`. */
export function plainSecret(password: string): string {
  return PLAIN + password
}

/** `scrypt$N$r$p$salt$hash`, as the `hash-password` command prints it. */
export function scryptSecret(cost: ScryptCost, salt: Buffer, hash: Buffer): string {
  const parts = ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')]
  return parts.join('$')
}

/** Parses a secret. `undefined` for other forms, an empty password, a cost beyond 256 MiB, or p above 16. */
export function parseSecret(secret: string): Secret | undefined {
  if (secret.startsWith(PLAIN)) {
    const password = secret.slice(PLAIN.length)
    return password === '' ? undefined : { kind: 'plain', password }
  }
  const [, N, r, p, salt, hash] = SCRYPT.exec(secret) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  if (!isUsable(cost)) return undefined
  return { kind: 'scrypt', cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') }
}

function isUsable({ N, r, p }: ScryptCost): boolean {
  const powerOfTwo = N > 1 && Number.isInteger(Math.log2(N))
  return powerOfTwo && r >= 1 && p >= 1 && p <= 16 && 128 * N * r <= MAX_BYTES
}
