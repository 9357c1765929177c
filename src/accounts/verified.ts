/** Cache of passwords that were right lately, so that not every request needs a full check (`user 1.3`). */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'

interface Entry {
  readonly tag: Buffer
  readonly until: number
}

/**
 * Keeps a keyed hash of the last right password of each account, not the password itself. The random key exists in this
 * process only, so that neither a core dump nor a swapped page contains a password. The least recently used account is
 * forgotten first.
 */
export class Verified {
  // A key object, because making one from bytes for each hash takes five times as long as the hash itself.
  readonly #key = createSecretKey(randomBytes(32))
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  readonly #lifetime: number
  readonly #capacity: number

  /** `lifetime`: milliseconds from the full check; use of an entry does not prolong it. `capacity`: most entries. */
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
    // If more than a lifetime is left, the clock was set back and the age of the entry is unknown.
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
