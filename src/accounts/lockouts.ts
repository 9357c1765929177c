/** Locks of accounts after a number of wrong passwords in a row (`user 1.4`, ruling 20). */
import { z } from 'zod'
import type { RecordStore } from '../engine/ports.ts'

/** `attempts` wrong passwords in a row lock an account for `seconds`. */
export interface LockoutLimits {
  readonly attempts: number
  readonly seconds: number
}

/** Collection in the record store. Key: the account's key. Value: `{ lockedUntil }`. */
export const LOCKOUTS = 'lockouts'

/** `lockedUntil`: milliseconds since 1970 UTC. */
const lockRecord = z.strictObject({ lockedUntil: z.int().min(0) })

/**
 * Counts failures of known accounts only, so its size is bounded by the directory. With a record store locks survive a
 * restart. Counts that have not led to a lock do not.
 */
export class Lockouts {
  readonly #failures = new Map<string, number>()
  readonly #lockedUntil = new Map<string, number>()
  readonly #now: () => number
  readonly #records: RecordStore | undefined
  /** Accounts whose record could not be written. They are written again with the next change. */
  readonly #unsaved = new Set<string>()
  #limits: LockoutLimits

  constructor(limits: LockoutLimits, now: () => number, records: RecordStore | undefined) {
    this.#limits = limits
    this.#now = now
    this.#records = records
    for (const { key, value } of records?.list(LOCKOUTS) ?? []) {
      const record = lockRecord.safeParse(value)
      if (record.success) this.#lockedUntil.set(key, record.data.lockedUntil)
      else void this.#save(key)
    }
  }

  setLimits(limits: LockoutLimits): void {
    this.#limits = limits
  }

  isLocked(account: string): boolean {
    const until = this.#lockedUntil.get(account)
    if (until === undefined) return false
    const now = this.#now()
    if (until <= now) {
      this.clear(account)
      return false
    }
    // Keeps a lock from lasting longer than the setting after the clock was set back or the setting was lowered.
    const longest = now + this.#limits.seconds * 1000
    if (until > longest) this.#lock(account, longest)
    return true
  }

  /** Counts a wrong password. Returns true when it locks the account. */
  failed(account: string): boolean {
    const failures = (this.#failures.get(account) ?? 0) + 1
    this.#failures.set(account, failures)
    if (failures < this.#limits.attempts) return false
    this.#lock(account, this.#now() + this.#limits.seconds * 1000)
    return true
  }

  /** Clears count and lock: after a right password, or when the account was removed or has another password. */
  clear(account: string): void {
    this.#failures.delete(account)
    if (this.#lockedUntil.delete(account)) void this.#save(account)
  }

  /** Forgets everything. The records were already emptied by the caller. */
  forget(): void {
    this.#failures.clear()
    this.#lockedUntil.clear()
    this.#unsaved.clear()
  }

  /** Accounts with a count or a lock. */
  accounts(): ReadonlySet<string> {
    return new Set([...this.#failures.keys(), ...this.#lockedUntil.keys()])
  }

  #lock(account: string, until: number): void {
    this.#failures.delete(account)
    this.#lockedUntil.set(account, until)
    void this.#save(account)
  }

  /**
   * Writes the lock to the store. A failure of the store changes nothing here, because the locks in memory decide. Never
   * rejects.
   */
  async #save(account: string): Promise<void> {
    this.#unsaved.add(account)
    for (const each of [...this.#unsaved]) {
      // What changes while the store has not answered is written on its own.
      this.#unsaved.delete(each)
      try {
        const until = this.#lockedUntil.get(each)
        if (until === undefined) await this.#records?.delete(LOCKOUTS, each)
        else await this.#records?.put(LOCKOUTS, each, { lockedUntil: until })
      } catch {
        // The engine uses the same store and reports its failure.
        this.#unsaved.add(each)
        return
      }
    }
  }
}
