/**
 * Sign-ins of pages, in the store, so that a reload of a page and a restart of the server do not end them.
 *
 * A record has the hash (SHA-256) of the sign-in's secret, which is random: who reads the data file cannot use it. It has
 * no password either, but a mark of it that only the secret gives (`Accounts.seal`), so that a sign-in ends with the
 * password that it was made with.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { RecordStore } from '../engine/ports.ts'
import type { Accounts, Principal } from './api.ts'
import type { SignedIn } from './bearer.ts'

/** Collection in the record store. Key: the hash of the secret. */
const COLLECTION = 'sign-ins'

/** A sign-in that is not used for this time ends. Milliseconds. */
export const IDLE_MS = 15 * 60_000
/** After this time a sign-in ends even if it is in use, and the password is needed again. Milliseconds. */
export const LONGEST_MS = 12 * 3_600_000
/** Uses within this time cause one write, not one each. Milliseconds. */
const WRITE_MS = 60_000
/** If there are more, the oldest ends. */
const MOST = 1000
/** 256 bits cannot be guessed. */
const BYTES = 32

/** Times are in milliseconds since 1970 UTC. */
const stored = z.strictObject({
  id: z.string(),
  kind: z.enum(['user', 'administrator']),
  seal: z.string(),
  end: z.int().min(0),
  until: z.int().min(0),
})

interface Entry extends SignedIn {
  /** `undefined`: it belongs to no account. */
  readonly seal: string | undefined
  readonly end: number
  until: number
  /** What the record says; 0 without a record. */
  written: number
}

/** A sign-in that a caller has shown the secret of. */
export interface Held extends SignedIn {
  /** Names the sign-in without its secret. */
  readonly key: string
}

type Checks = Pick<Accounts, 'has' | 'seal'>

export interface SignInOptions {
  /** Without a store, sign-ins end with the process. A store that fails changes nothing for a sign-in. */
  readonly records?: RecordStore | undefined
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

export class PageSignIns {
  readonly #options: SignInOptions
  /** By key, the oldest first. */
  readonly #entries = new Map<string, Entry>()
  readonly #onEnd = new Set<(key: string) => void>()

  constructor(options: SignInOptions) {
    this.#options = options
    this.#load()
  }

  /**
   * Begins a sign-in and returns its secret. Without `accounts` it belongs to no account, as after the link of a command.
   * Such a sign-in is not stored. Nor is one by an access token, because after a restart nobody tells when that ends.
   * Resolves when the record is durable, or the store has refused it.
   */
  async begin({ principal, byToken }: SignedIn, accounts: Checks | undefined): Promise<string> {
    this.#endOver()
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= MOST && oldest !== undefined) void this.#end(oldest)
    const secret = randomBytes(BYTES).toString('base64url')
    const now = this.#options.now()
    const seal = accounts && sealOf(accounts, principal, secret)
    const entry: Entry = { principal, byToken, seal, end: now + LONGEST_MS, until: now + IDLE_MS, written: 0 }
    this.#entries.set(keyOf(secret), entry)
    await this.#write(keyOf(secret), entry)
    return secret
  }

  /**
   * The sign-in with this secret, which this use prolongs; `undefined` if there is none, or its account is gone or has
   * another password.
   */
  holder(secret: string, accounts: Checks): Held | undefined {
    const key = keyOf(secret)
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    const now = this.#options.now()
    const { principal, byToken, seal } = entry
    const isRight = accounts.has?.(principal) !== false && sealOf(accounts, principal, secret) === seal
    if (entry.until <= now || (seal !== undefined && !isRight)) {
      void this.#end(key)
      return undefined
    }
    entry.until = Math.min(now + IDLE_MS, entry.end)
    if (entry.until - entry.written >= WRITE_MS) void this.#write(key, entry)
    return { principal, byToken, key }
  }

  /** Ends the sign-in with this secret. Resolves when that is durable, or the store has refused it. */
  end(secret: string): Promise<void> {
    return this.#end(keyOf(secret))
  }

  /** Ends the sign-ins of these holders. */
  endOf(isGone: (holder: SignedIn) => boolean): void {
    for (const [key, entry] of [...this.#entries]) if (isGone(entry)) void this.#end(key)
  }

  /** Ends the sign-ins whose accounts do not exist any more. */
  endGone(accounts: Checks): void {
    for (const [key, { principal, seal }] of [...this.#entries])
      if (seal !== undefined && accounts.has?.(principal) === false) void this.#end(key)
  }

  /** `listener` is called with the key of each sign-in that ends. The returned function takes it away. */
  onEnd(listener: (key: string) => void): () => void {
    this.#onEnd.add(listener)
    return () => this.#onEnd.delete(listener)
  }

  /** Never rejects, unless a listener throws. The sign-in is over at once. */
  async #end(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    if (!this.#entries.delete(key)) return
    for (const listener of [...this.#onEnd]) listener(key)
    if (entry?.written !== 0) await this.#try((records) => records.delete(COLLECTION, key))
  }

  #endOver(): void {
    const now = this.#options.now()
    for (const [key, { until }] of [...this.#entries]) if (until <= now) void this.#end(key)
  }

  /** Never rejects. */
  async #write(key: string, entry: Entry): Promise<void> {
    const { principal, byToken, seal, end, until } = entry
    if (byToken || seal === undefined) return
    entry.written = until
    const { id, kind } = principal
    await this.#try((records) => records.put(COLLECTION, key, { id, kind, seal, end, until }))
  }

  /** Takes over the records. Those that are over, or end later than a sign-in can, are deleted. */
  #load(): void {
    const now = this.#options.now()
    const found = this.#options.records?.list(COLLECTION) ?? []
    const entries = found.flatMap(({ key, value }) => {
      const { data } = stored.safeParse(value)
      if (data && data.until > now && data.until <= now + IDLE_MS && data.end <= now + LONGEST_MS)
        return [[key, data] as const]
      void this.#try((records) => records.delete(COLLECTION, key))
      return []
    })
    for (const [key, { id, kind, seal, end, until }] of entries.toSorted(([, a], [, b]) => a.end - b.end))
      this.#entries.set(key, { principal: { id, kind }, byToken: false, seal, end, until, written: until })
  }

  async #try(write: (records: RecordStore) => void | Promise<void>): Promise<void> {
    const { records } = this.#options
    try {
      if (records) await write(records)
    } catch {
      // The engine uses the same store and reports its failure. The sign-in lasts as long as this process.
    }
  }
}

const sealOf = (accounts: Checks, principal: Principal, secret: string) => accounts.seal?.(principal, secret) ?? ''

const keyOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')
