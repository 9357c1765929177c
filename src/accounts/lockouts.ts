/** Accounts that are locked after wrong passwords in a row (`user 1.4`, ruling 20). */
import { z } from 'zod'
import type { RecordStore } from '../engine/ports.ts'

/** So many wrong passwords in a row lock an account for so many seconds. */
export interface LockoutLimits {
  readonly attempts: number
  readonly seconds: number
}

/** Name of the collection in the record store: key is the account's key, value `{ lockedUntil }`. */
export const LOCKOUTS = 'lockouts'

/** Milliseconds since 1970 UTC. */
const lockRecord = z.strictObject({ lockedUntil: z.int().min(0) })

/**
 * Counts failures of known accounts only, so that its size is bounded by the directory's. Locks outlive a restart when
 * there is a record store; a count that has not led to a lock does not.
 */
export class Lockouts {
  readonly #failures = new Map<string, number>()
  readonly #lockedUntil = new Map<string, number>()
  readonly #now: () => number
  readonly #records: RecordStore | undefined
  /** Accounts whose record is not what it should be, because the store refused; tried again with the next change. */
  readonly #unsaved = new Set<string>()
  #limits: LockoutLimits

  constructor(limits: LockoutLimits, now: () => number, records: RecordStore | undefined) {
    this.#limits = limits
    this.#now = now
    this.#records = records
    for (const { key, value } of records?.list(LOCKOUTS) ?? []) {
      const record = lockRecord.safeParse(value)
      if (record.success) this.#lockedUntil.set(key, record.data.lockedUntil)
      else this.#save(key)
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
    // No lock is longer than the setting: not after the clock was set back, nor after the setting was lowered.
    const longest = now + this.#limits.seconds * 1000
    if (until > longest) this.#lock(account, longest)
    return true
  }

  /** A wrong password; true when it locks the account. */
  failed(account: string): boolean {
    const failures = (this.#failures.get(account) ?? 0) + 1
    this.#failures.set(account, failures)
    if (failures < this.#limits.attempts) return false
    this.#lock(account, this.#now() + this.#limits.seconds * 1000)
    return true
  }

  /** A right password, or an account that is gone or has got another password: start anew. */
  clear(account: string): void {
    this.#failures.delete(account)
    if (this.#lockedUntil.delete(account)) this.#save(account)
  }

  /** Forgets everything; the records were emptied by somebody else. */
  forget(): void {
    this.#failures.clear()
    this.#lockedUntil.clear()
    this.#unsaved.clear()
  }

  /** Accounts of which something is known. */
  accounts(): ReadonlySet<string> {
    return new Set([...this.#failures.keys(), ...this.#lockedUntil.keys()])
  }

  #lock(account: string, until: number): void {
    this.#failures.delete(account)
    this.#lockedUntil.set(account, until)
    this.#save(account)
  }

  /** A store that refuses neither lets anybody in nor keeps anybody out: what this process knows counts. */
  #save(account: string): void {
    this.#unsaved.add(account)
    try {
      for (const each of [...this.#unsaved]) {
        const until = this.#lockedUntil.get(each)
        if (until === undefined) this.#records?.delete(LOCKOUTS, each)
        else this.#records?.put(LOCKOUTS, each, { lockedUntil: until })
        this.#unsaved.delete(each)
      }
    } catch {
      // The engine meets the same store and says so.
    }
  }
}
