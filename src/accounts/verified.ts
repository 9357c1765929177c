/** Passwords that were right lately, so that not every request pays for a full check (`user 1.3`). */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'

interface Entry {
  readonly tag: Buffer
  readonly until: number
}

/**
 * Keeps, for each account, a keyed hash of the last right password; the key lives and dies with the process, so that
 * neither a core dump nor a swapped page gives the password away. The least recently used account is forgotten first.
 */
export class Verified {
  // As an object: to make one of the bytes takes five times as long as the hash.
  readonly #key = createSecretKey(randomBytes(32))
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  readonly #lifetime: number
  readonly #capacity: number

  /** `lifetime` in milliseconds from the check itself: use does not prolong it. */
  constructor(now: () => number, lifetime: number, capacity: number) {
    this.#now = now
    this.#lifetime = lifetime
    this.#capacity = capacity
  }

  /** Keyed hash of some texts, for use within this process. */
  tag(...texts: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(texts)).digest()
  }

  has(account: string, secret: string, password: string): boolean {
    const entry = this.#entries.get(account)
    if (entry === undefined) return false
    const left = entry.until - this.#now()
    // More than a lifetime left: the clock was set back, and nobody can say how old the entry is.
    if (left <= 0 || left > this.#lifetime) {
      this.#entries.delete(account)
      return false
    }
    if (!timingSafeEqual(entry.tag, this.tag(account, secret, password))) return false
    this.#entries.delete(account)
    this.#entries.set(account, entry)
    return true
  }

  add(account: string, secret: string, password: string): void {
    if (this.#lifetime <= 0 || this.#capacity <= 0) return
    this.#entries.delete(account)
    this.#entries.set(account, { tag: this.tag(account, secret, password), until: this.#now() + this.#lifetime })
    if (this.#entries.size <= this.#capacity) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  forget(account: string): void {
    this.#entries.delete(account)
  }
}
