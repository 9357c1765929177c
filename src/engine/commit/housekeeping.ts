/** Housekeeping: deletes data older than the retention from the store, a little at a time. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { asError } from '../contained.ts'
import type { Clock, Store } from '../ports.ts'

/** How long the past is kept. */
export interface Retention {
  /**
   * Retention of the journal in milliseconds: every moment of that time can be replayed and explained. `Infinity` keeps
   * all. The default is 30 days. The engine does not need the past to run, so 0 is possible.
   */
  readonly journal?: number | undefined
  /**
   * Milliseconds after the end of a contact. Then the values of its variables and the caller's number are replaced
   * everywhere. The default is the retention of the journal.
   */
  readonly customerData?: number | undefined
}

const DAY = 86_400_000
export const JOURNAL = 30 * DAY
/** Pause between two rounds, in ms. */
const EVERY = 3_600_000
/** Pause between two pieces of work of one round, in ms, so that requests of agents are not delayed. */
const BREATHER = 50

export class Housekeeping {
  readonly #store: Store
  readonly #clock: Clock
  readonly #keep: number
  readonly #failed: (error: Error) => void
  #cancel: (() => void) | undefined

  constructor(store: Store, clock: Clock, { journal = JOURNAL }: Retention, failed: (error: Error) => void) {
    if (!(journal >= 0)) throw new InvalidArgument(`the retention has to be 0 ms or more, not ${journal}`)
    this.#store = store
    this.#clock = clock
    this.#keep = journal
    this.#failed = failed
  }

  /** Begins the first round after `pause` ms. */
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
      // The next round tries again. The store has undone the failed piece.
      this.#failed(asError(error))
    }
    this.#next(isMore ? BREATHER : EVERY)
  }
}
