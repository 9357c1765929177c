/** Cache of passwords that were right lately, so that not every request needs a full check (`user 1.3`). */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { VerifiedEntry, VerifiedRecords } from './verified-records.ts'

export interface VerifiedOptions {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Milliseconds from the full check; use of an entry does not prolong it. */
  readonly lifetime: number
  /** Most entries. */
  readonly capacity: number
  /** Keeps entries over a restart. `key`: of the keyed hashes. */
  readonly kept?: { readonly key: Uint8Array; readonly records: VerifiedRecords } | undefined
}

/**
 * Keeps a keyed hash of the last right password of each account, not the password itself. Without records the random
 * key exists in this process only, so that neither a core dump nor a swapped page contains a password. The least
 * recently used account is forgotten first.
 */
export class Verified {
  // A key object, because making one from bytes for each hash takes five times as long as the hash itself.
  readonly #key
  readonly #entries = new Map<string, VerifiedEntry>()
  readonly #now: () => number
  readonly #lifetime: number
  readonly #capacity: number
  readonly #records: VerifiedRecords | undefined
  /** When entries that are over are deleted next, so that the store does not keep them. */
  #nextSweep: number

  constructor({ now, lifetime, capacity, kept }: VerifiedOptions) {
    this.#key = createSecretKey(kept?.key ?? randomBytes(32))
    this.#now = now
    this.#lifetime = lifetime
    this.#capacity = capacity
    this.#records = kept?.records
    this.#nextSweep = now() + lifetime
    for (const [account, entry] of this.#records?.load(now(), lifetime) ?? []) this.#entries.set(account, entry)
  }

  /** Keyed hash of some texts, for use within this process. */
  tag(...texts: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(texts)).digest()
  }

  has(account: string, secret: string, password: string): boolean {
    const entry = this.#entries.get(account)
    if (entry === undefined) return false
    if (!this.#isValid(entry)) {
      this.forget(account)
      return false
    }
    if (!timingSafeEqual(entry.tag, this.tag(account, secret, password))) return false
    this.#entries.delete(account)
    this.#entries.set(account, entry)
    return true
  }

  /** `isCostly`: the check of this password takes long, so that it is worth a record. */
  add(account: string, secret: string, password: string, isCostly: boolean): void {
    if (this.#lifetime <= 0 || this.#capacity <= 0) return
    this.#sweep()
    const entry = { tag: this.tag(account, secret, password), until: this.#now() + this.#lifetime }
    this.#entries.delete(account)
    this.#entries.set(account, entry)
    if (isCostly) this.#records?.put(account, entry)
    if (this.#entries.size <= this.#capacity) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.forget(oldest)
  }

  forget(account: string): void {
    if (this.#entries.delete(account)) this.#records?.delete(account)
  }

  /** If more than a lifetime is left, the clock was set back and the age of the entry is unknown. */
  #isValid({ until }: VerifiedEntry): boolean {
    const left = until - this.#now()
    return left > 0 && left <= this.#lifetime
  }

  #sweep(): void {
    if (this.#now() < this.#nextSweep) return
    this.#nextSweep = this.#now() + this.#lifetime
    for (const [account, entry] of this.#entries) if (!this.#isValid(entry)) this.forget(account)
  }
}
