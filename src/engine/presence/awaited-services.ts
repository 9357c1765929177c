/**
 * Waits for notification services that the options do not name. After a restart, users who were connected before may
 * come back, but the program attaches the notification service only after `createEngine`. Notifications of that time
 * must not be lost, so they are kept as if the option `serves` named the side. The wait is limited, because the program
 * may have stopped using a notification service.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Clock } from '../ports.ts'
import { isAwaited, mayBeThere } from './users.ts'

/** The shortest wait, in ms. A longer grace period makes the wait longer. */
const LEAST = 60_000

export interface AwaitedServicesOptions {
  /** They have the state of the store, before any input of this start. */
  readonly aggregates: Aggregates
  readonly sides: readonly Side[]
  /** Sides that have, or will get, a notification service. Their notifications are kept anyway. */
  readonly served: ReadonlySet<Side>
  readonly clock: Clock
  /** The grace period of presence, in ms. */
  graceMs(): number
  /** The time is over and the side has no service. Notifications for it are no longer kept. */
  giveUp(side: Side): void
}

export class AwaitedServices {
  readonly #options: AwaitedServicesOptions
  readonly #awaited: Set<Side>
  #cancel: () => void = () => undefined

  constructor(options: AwaitedServicesOptions) {
    this.#options = options
    const { aggregates, sides, served } = options
    // A user may come back to any side.
    const wereConnected = aggregates
      .users()
      .some((user) => sides.some((side) => mayBeThere(aggregates, user, side) || isAwaited(aggregates, user, side)))
    this.#awaited = new Set(wereConnected ? sides.filter((side) => !served.has(side)) : [])
  }

  /** Are notifications kept for a service that may come to this side? */
  has(side: Side): boolean {
    return this.#awaited.has(side)
  }

  /** Limits the wait. To be called at the end of the start. */
  start(): void {
    if (this.#awaited.size === 0) return
    const { clock, graceMs } = this.#options
    this.#cancel = clock.at(clock.now() + Math.max(LEAST, graceMs()), () => this.#end())
  }

  close(): void {
    this.#cancel()
  }

  #end(): void {
    const { served, giveUp } = this.#options
    const missing = [...this.#awaited].filter((side) => !served.has(side))
    this.#awaited.clear()
    for (const side of missing) giveUp(side)
  }
}
