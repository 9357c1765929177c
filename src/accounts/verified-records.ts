/**
 * Passwords that were right lately, in the store. After a restart all agents sign in at once, and a full check of each
 * hashed password would take minutes.
 *
 * A record has a keyed hash (HMAC-SHA-256) of account, stored secret and password. The key is no part of the store, so a
 * copy of the data file alone says nothing about passwords. Whoever has both can try passwords of the accounts in it
 * fast, as if their hashes were cheap.
 */
import { z } from 'zod'
import { contained } from '../engine/contained.ts'
import type { RecordStore } from '../engine/ports.ts'

/** Collection in the record store. Key: the account's key. */
const COLLECTION = 'verified-passwords'
const TAG_BYTES = 32

const stored = z.strictObject({ tag: z.base64(), until: z.int().min(0) })

export interface VerifiedEntry {
  readonly tag: Buffer
  /** Milliseconds since 1970 UTC. */
  readonly until: number
}

/** A failure of the store changes nothing for a sign-in: the engine uses the same store and reports it. */
export class VerifiedRecords {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** All entries, the oldest first. Deletes those whose end is not within `lifetime` from now. */
  load(now: number, lifetime: number): readonly (readonly [account: string, entry: VerifiedEntry])[] {
    const entries = this.#records.list(COLLECTION).flatMap(({ key, value }) => {
      const { data } = stored.safeParse(value)
      const tag = Buffer.from(data?.tag ?? '', 'base64')
      if (data && tag.length === TAG_BYTES && data.until > now && data.until <= now + lifetime)
        return [[key, { tag, until: data.until }] as const]
      this.delete(key)
      return []
    })
    return entries.toSorted(([, a], [, b]) => a.until - b.until)
  }

  put(account: string, { tag, until }: VerifiedEntry): void {
    this.#try(() => this.#records.put(COLLECTION, account, { tag: tag.toString('base64'), until }))
  }

  delete(account: string): void {
    this.#try(() => this.#records.delete(COLLECTION, account))
  }

  #try(write: () => void | Promise<void>): void {
    // See above.
    contained(write)
  }
}
