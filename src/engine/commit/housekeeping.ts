/** Housekeeping: what is older than the retention leaves the store, a little at a time. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { asError } from '../contained.ts'
import type { Clock, Store } from '../ports.ts'

/** How long the past is kept. */
export interface Retention {
  /**
   * Milliseconds for which every moment can be replayed and explained; `Infinity` keeps all. 30 days unless given.
   * The present needs nothing of it.
   */
  readonly journal?: number
  /**
   * Milliseconds behind the end of a contact after which the values of its variables and the caller's number are
   * replaced everywhere; as long as the journal unless given.
   */
  readonly customerData?: number
}

const DAY = 86_400_000
export const JOURNAL = 30 * DAY
/** Pause between two rounds, in ms. */
const EVERY = 3_600_000
/** Pause between two pieces of work of one round, in ms: work for agents goes first. */
const BREATHER = 50

export class Housekeeping {
  readonly #store: Store
  readonly #clock: Clock
  readonly #keep: number
  readonly #failed: (error: Error) => void
  #cancel: (() => void) | undefined

  constructor(store: Store, clock: Clock, { journal = JOURNAL }: Retention, failed: (error: Error) => void) {
    if (!(journal >= 0)) throw new InvalidArgument(`retention of ${journal} ms`)
    this.#store = store
    this.#clock = clock
    this.#keep = journal
    this.#failed = failed
  }

  /** Begins the first round after a pause, in ms; soon unless given. */
  start(pause = BREATHER): void {
    if (Number.isFinite(this.#keep)) this.#next(pause)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #next(pause: number): void {
    this.#cancel = this.#clock.at(this.#clock.now() + pause, () => this.#work())
  }

  #work(): void {
    let isMore = false
    try {
      isMore = this.#store.compact(Math.max(0, this.#clock.now() - this.#keep))
    } catch (error) {
      // The next round tries again; nothing was half done.
      this.#failed(asError(error))
    }
    this.#next(isMore ? BREATHER : EVERY)
  }
}
