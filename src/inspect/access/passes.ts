/** Temporary secrets of a principal: tickets, which work once, and sessions, which each use prolongs. */
import { createHash, randomBytes } from 'node:crypto'

export interface PassOptions {
  /** `once`: the pass ends with its first use. `again and again`: each use prolongs it by `lifeMs`. */
  readonly use: 'once' | 'again and again'
  /** Milliseconds. */
  readonly lifeMs: number
  /** A pass ends after this time even if it is in use. Milliseconds. Default: `lifeMs`. */
  readonly longestMs?: number
  /** If there are more passes, the oldest is forgotten. */
  readonly most: number
  /** Milliseconds of real time, as for sockets. */
  readonly now: () => number
}

interface Pass<Holder> {
  readonly holder: Holder
  readonly end: number
  until: number
}

/** 256 bits cannot be guessed. */
const BYTES = 32

/** Passes are kept by their hash, so that the time of a look-up reveals nothing about the secret. */
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

  /** The holder of a pass; `undefined` if the pass is unknown, used or expired. */
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

  /** Forgets the passes of these holders. */
  forget(isGone: (holder: Holder) => boolean): void {
    for (const [hash, { holder }] of this.#byHash) if (isGone(holder)) this.#byHash.delete(hash)
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
