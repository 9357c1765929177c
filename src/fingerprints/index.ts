/** Hashes of requests, for the engine: it has no randomness of its own. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Fingerprints } from '../engine/answers/once.ts'

/** Of each, in bytes. Nobody makes two requests with the same hash of this size by chance. */
const SIZE = 16

export const fingerprints: Fingerprints = {
  salt: () => randomBytes(SIZE).toString('base64url'),
  of: (salt, text) => createHmac('sha256', salt).update(text).digest().subarray(0, SIZE).toString('base64url'),
}
