/** Temporary secrets that work once: tickets, and the passes of links. */
import { createHash, randomBytes } from 'node:crypto'

export interface PassOptions {
  /** Milliseconds. */
  readonly lifeMs: number
  /** If there are more passes, the oldest is forgotten. */
  readonly most: number
  /** Milliseconds of real time, as for sockets. */
  readonly now: () => number
}

interface Pass<Holder> {
  readonly holder: Holder
  readonly until: number
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
    const { now, lifeMs, most } = this.#options
    this.#forgetOver()
    const [oldest] = this.#byHash.keys()
    if (this.#byHash.size >= most && oldest !== undefined) this.#byHash.delete(oldest)
    const pass = randomBytes(BYTES).toString('base64url')
    this.#byHash.set(hashOf(pass), { holder, until: now() + lifeMs })
    return pass
  }

  /** The holder of a pass, which ends with it; `undefined` if the pass is unknown, used or expired. */
  holder(pass: string): Holder | undefined {
    const hash = hashOf(pass)
    const found = this.#byHash.get(hash)
    this.#byHash.delete(hash)
    return found && found.until > this.#options.now() ? found.holder : undefined
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
