/** Waits until the owner of a store has closed it, or has not renewed its lease in time. */
import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Connection } from './driver.ts'
import { codeOf } from './errors.ts'
import { FollowedStore } from './followed-store.ts'
import type { Given, Standby } from './options.ts'
import { type Lease, readLease } from './owner.ts'
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
  readonly #following: FollowedStore | undefined
  #holder: string | undefined
  #address = ''
  #owner = ''

  constructor(standby: Standby, address: Address, options: Given) {
    this.#standby = standby
    this.#shown = address.shown
    this.#following = standby.follower && new FollowedStore(standby.follower, address, options)
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
   * Resolves when nobody has the lease. It changes nothing, not even the version of the tables. Meanwhile it reads for
   * the follower.
   *
   * @throws StoreError `UNREACHABLE`, `CLOSED`
   */
  async untilFree({ pulse, reads }: Session): Promise<void> {
    let left = await this.#look(pulse)
    if (left <= 0) return this.#following?.compare(reads)
    const over = new AbortController()
    const following = this.#following?.run(reads, over.signal)
    // It ends only with an error, or if there is nothing to follow.
    const failed = following?.then(() => new Promise<never>(() => undefined))
    failed?.catch(() => undefined)
    try {
      for (; left > 0; left = await this.#look(pulse)) {
        const waited = pause(Math.min(left, LOOK) + 10)
        await (failed ? Promise.race([waited, failed]) : waited)
      }
    } finally {
      over.abort()
      await following?.catch(() => undefined)
    }
    await following
  }

  /** Milliseconds for which another process still has the lease. */
  async #look(connection: Connection): Promise<number> {
    this.goOn()
    let left = 0
    const looking = readLease(connection).then((lease) => {
      left = lease.left
      if (left > 0) this.#tell(lease)
    })
    looking.catch(() => undefined)
    try {
      if (!(await within(ANSWER, looking)))
        throw new StoreError('UNREACHABLE', `${this.#shown}: the server does not answer`)
    } catch (error) {
      if (codeOf(error) === NO_TABLE) return 0
      throw error
    }
    return left
  }

  #tell({ owner, holder, address }: Lease): void {
    if (owner === this.#owner && holder === this.#holder && address === this.#address) return
    this.#owner = owner
    this.#holder = holder
    this.#address = address
    this.#standby.onWaiting?.(holder, address === '' ? undefined : address, owner)
  }
}
