/** Secrets that stand for somebody for a while: tickets, which work once, and sessions, which live on with each use. */
import { createHash, randomBytes } from 'node:crypto'

export interface PassOptions {
  /** A ticket is over with its first use; a session lives so long again. */
  readonly use: 'once' | 'again and again'
  /** Milliseconds. */
  readonly lifeMs: number
  /** A session is over after so long in any case, in milliseconds. */
  readonly longestMs?: number
  /** Over so many the oldest is forgotten. */
  readonly most: number
  /** Milliseconds; of the wall clock, as sockets are. */
  readonly now: () => number
}

interface Pass<Holder> {
  readonly holder: Holder
  readonly end: number
  until: number
}

/** 256 bits: nobody guesses one. */
const BYTES = 32

/** Passes are kept by their hash, so that how long a look-up takes tells nothing of the secret. */
export class Passes<Holder> {
  readonly #options: PassOptions
  readonly #byHash = new Map<string, Pass<Holder>>()

  constructor(options: PassOptions) {
    this.#options = options
  }

  issue(holder: Holder): string {
    const { now, lifeMs, longestMs = lifeMs, most } = this.#options
    this.#forgetOver()
    const [oldest] = this.#byHash.keys()
    if (this.#byHash.size >= most && oldest !== undefined) this.#byHash.delete(oldest)
    const pass = randomBytes(BYTES).toString('base64url')
    this.#byHash.set(hashOf(pass), { holder, until: now() + lifeMs, end: now() + longestMs })
    return pass
  }

  /** Whose it is; `undefined` for one that is unknown, used or over. */
  holder(pass: string): Holder | undefined {
    const { now, use, lifeMs } = this.#options
    const hash = hashOf(pass)
    const found = this.#byHash.get(hash)
    if (!found) return undefined
    if (use === 'once' || found.until <= now()) this.#byHash.delete(hash)
    if (found.until <= now()) return undefined
    found.until = Math.min(now() + lifeMs, found.end)
    return found.holder
  }

  forgetAll(): void {
    this.#byHash.clear()
  }

  #forgetOver(): void {
    const now = this.#options.now()
    for (const [hash, { until }] of this.#byHash) if (until <= now) this.#byHash.delete(hash)
  }
}

const hashOf = (pass: string) => createHash('sha256').update(pass).digest('base64')
