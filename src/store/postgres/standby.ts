/** Waits until the owner of a store has closed it, or has not renewed its lease in time. */
import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import { codeOf } from './errors.ts'
import type { Standby } from './options.ts'
import { readLease } from './owner.ts'
import type { Session } from './session.ts'

/** Milliseconds between two looks at the lease, so that a store that was closed is taken soon. */
const LOOK = 250
/** Milliseconds until a server must have answered. */
const ANSWER = 3000
/** There are no tables yet (SQLSTATE of PostgreSQL). */
const NO_TABLE = '42P01'

/** One who waits, over several connections. */
export class Waiting {
  readonly #standby: Standby
  readonly #shown: string
  #holder: string | undefined

  constructor(standby: Standby, { shown }: Address) {
    this.#standby = standby
    this.#shown = shown
  }

  /** Whether another process has had the store. From then on a server that is away is waited for as well. */
  get hasWaited(): boolean {
    return this.#holder !== undefined
  }

  /** @throws StoreError `CLOSED` when the waiting was ended */
  goOn(): void {
    if (this.#standby.signal?.aborted) throw new StoreError('CLOSED', `${this.#shown}: it was not waited for any more`)
  }

  /**
   * Resolves when nobody has the lease. It changes nothing, not even the version of the tables.
   *
   * @throws StoreError `UNREACHABLE`, `CLOSED`
   */
  async untilFree({ pulse }: Session): Promise<void> {
    for (;;) {
      this.goOn()
      let left = 0
      const looking = readLease(pulse).then((lease) => {
        left = lease.left
        if (left > 0) this.#tell(lease.holder)
      })
      looking.catch(() => undefined)
      try {
        if (!(await within(ANSWER, looking)))
          throw new StoreError('UNREACHABLE', `${this.#shown}: the server does not answer`)
      } catch (error) {
        if (codeOf(error) === NO_TABLE) return
        throw error
      }
      if (left <= 0) return
      await pause(Math.min(left, LOOK) + 10)
    }
  }

  #tell(holder: string): void {
    if (holder === this.#holder) return
    this.#holder = holder
    this.#standby.onWaiting?.(holder)
  }
}
