import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares two secrets in constant time, also if their lengths differ. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
