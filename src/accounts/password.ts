/** Hashes passwords and compares them in constant time. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { type ScryptCost, type Secret, scryptSecret } from '../directory/secret.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'

/** One check costs 32 MiB of memory and about a tenth of a second of one core. */
const DEFAULT_COST: ScryptCost = { N: 32_768, r: 8, p: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** Longest password, in UTF-16 code units. A longer one is always wrong. */
export const MAX_PASSWORD = 1024

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

type ScryptSecret = Extract<Secret, { kind: 'scrypt' }>

/**
 * Hash for `passwordHash` in a directory file: `scrypt$N$r$p$salt$hash`, with a new salt each time. `cost`: parameters
 * of scrypt, which are part of the hash.
 *
 * @throws InvalidArgument for an empty password or one of more than 1024 characters.
 */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  if (password === '' || password.length > MAX_PASSWORD) {
    throw new InvalidArgument(`a password has 1 to ${MAX_PASSWORD} characters`)
  }
  const salt = randomBytes(SALT_BYTES)
  return scryptSecret(cost, salt, await derive(canonicalPassword(password), cost, salt, HASH_BYTES))
}

/** Normalises a password (NFC), so that the same password has the same bytes on every system. */
export function canonicalPassword(password: string): string {
  return password.normalize('NFC')
}

/** Does the password match the hash? The check takes as long for a wrong password. */
export async function matchesHash(password: string, { cost, salt, hash }: ScryptSecret): Promise<boolean> {
  return timingSafeEqual(await derive(password, cost, salt, hash.length), hash)
}

/** A random secret that no password matches. A check of it has the given cost. */
export function unmatchable(cost: ScryptCost): ScryptSecret {
  return { kind: 'scrypt', cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) }
}

function derive(password: string, { N, r, p }: ScryptCost, salt: Buffer, bytes: number): Promise<Buffer> {
  return deriveKey(password, salt, bytes, { N, r, p, maxmem: 128 * N * r + 128 * r * p + 1024 * 1024 })
}
