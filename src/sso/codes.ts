/** Codes that the page of the sign-in hands to the token endpoint, as in OAuth: valid once, and for a minute. */
import { randomBytes } from 'node:crypto'

const VALID_MS = 60_000
/** Most codes. The oldest one is forgotten first. */
const MAX_CODES = 5000

export class Codes<T> {
  readonly #now: () => number
  readonly #codes = new Map<string, { readonly value: T; readonly until: number }>()

  /** `now`: milliseconds since 1970 UTC. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A new code for a value. */
  add(value: T): string {
    const code = randomBytes(24).toString('base64url')
    this.#codes.set(code, { value, until: this.#now() + VALID_MS })
    const [oldest] = this.#codes.keys()
    if (this.#codes.size > MAX_CODES && oldest !== undefined) this.#codes.delete(oldest)
    return code
  }

  /** The value of a code, which is no longer valid then; `undefined` for a code that is not valid. */
  take(code: string): T | undefined {
    const entry = this.#codes.get(code)
    this.#codes.delete(code)
    return entry !== undefined && entry.until > this.#now() ? entry.value : undefined
  }
}
