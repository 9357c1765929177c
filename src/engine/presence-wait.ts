/**
 * Rows from before a restart, or from before the notification service was lost, wait until it is known whether their
 * user is there; else they would go out to nobody. Bounded: by the grace period after the return of the service.
 */
import type { Side } from '../../machines/wire.ts'
import type { Clock } from './ports.ts'

export interface PresenceWaitOptions {
  readonly clock: Clock
  /** State of the presence machine of a user; `undefined` for an unknown one. */
  presenceOf(user: string, side: Side): string | undefined
  /** How long clients may take to come back, in ms. */
  graceMs(): number
  /** Lanes that waited may be free now. */
  over(): void
}

export class PresenceWait {
  readonly #options: PresenceWaitOptions
  /** Lanes that wait, and whether their user was there before. */
  readonly #lanes = new Map<string, boolean>()
  /** Until when a user who is not there may still come back, per side. */
  readonly #until = new Map<Side, number>()
  readonly #cancels = new Map<Side, () => void>()

  constructor(options: PresenceWaitOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0
  }

  /** From now on this lane waits. `wasThere`: its user had presence before. */
  add(lane: string, wasThere: boolean): void {
    this.#lanes.set(lane, wasThere || this.#lanes.get(lane) === true)
  }

  /** Clients can come back from now on. */
  serviceIsBack(side: Side): void {
    const { clock, graceMs, over } = this.#options
    const until = clock.now() + graceMs()
    this.#until.set(side, until)
    if (this.isEmpty) return
    this.#cancels.get(side)?.()
    this.#cancels.set(side, clock.at(until, over))
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel()
  }

  /** Has this lane to wait? Once it has not, it never has again. */
  mustWait(lane: string): boolean {
    const wasThere = this.#lanes.get(lane)
    if (wasThere === undefined) return false
    const [, side, user] = /^([AB]):user\/(.*)$/s.exec(lane) ?? []
    if (side !== undefined && user !== undefined && this.#mayComeBack(user, side === 'B' ? 'B' : 'A', wasThere))
      return true
    this.#lanes.delete(lane)
    return false
  }

  #mayComeBack(user: string, side: Side, wasThere: boolean): boolean {
    const presence = this.#options.presenceOf(user, side)
    if (presence === 'UNKNOWN' || presence === 'GRACE') return true
    // A user who has signed out, or never signed in, is not watched, and may be connected all the same.
    return (
      wasThere &&
      presence === 'ABSENT' &&
      this.#options.clock.now() < (this.#until.get(side) ?? Number.POSITIVE_INFINITY)
    )
  }
}
