/**
 * Ends the wait for users who do not come back. After a restart, or a loss of the notification service, notifications
 * of a user wait until a session of the user has got them. They wait no longer than the grace period, which begins when
 * the service is back. Which users are awaited is part of their own state, so a second crash changes nothing.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Clock } from '../ports.ts'

/** Pause in ms before `giveUp` is called again after it was rejected. */
const AGAIN_AFTER = 1000

export interface ReturnWatchOptions {
  readonly clock: Clock
  /** The time that clients have to come back, in ms. */
  graceMs(): number
  /** Users who are awaited on a side. */
  awaited(side: Side): readonly string[]
  /**
   * True if the result is not known yet. Either the grace period of the user's presence is still running, as it ends at
   * about the same time, or the user is connected and may be getting the notifications now.
   */
  isUndecided(user: string, side: Side): boolean
  /**
   * Records that these users did not come back to the side. Rejects if that was not committed. A user who connects at
   * this moment stays awaited.
   */
  giveUp(side: Side, users: readonly string[]): Promise<void>
}

export class ReturnWatch {
  readonly #options: ReturnWatchOptions
  readonly #alarms = new Map<Side, () => void>()
  /** Users who were undecided when their time was over. */
  readonly #late = new Map<Side, Set<string>>()
  #isClosed = false

  constructor(options: ReturnWatchOptions) {
    this.#options = options
  }

  /** Clients of this side can connect from now on. Begins the grace period. */
  serviceIsBack(side: Side): void {
    this.serviceIsLost(side)
    this.#wake(side, this.#options.graceMs(), () => this.#options.awaited(side))
  }

  /** No client can connect to this side until `serviceIsBack`. */
  serviceIsLost(side: Side): void {
    this.#alarms.get(side)?.()
    this.#alarms.delete(side)
    this.#late.delete(side)
  }

  /**
   * Checks these users again, if they were undecided. To be called when their state was committed, and when the result
   * of one of their rows is known. After a restart there can be thousands of undecided users, so name only those.
   */
  look(users: readonly string[]): void {
    for (const [side, late] of this.#late) {
      const decided = users.filter((user) => late.has(user) && !this.#options.isUndecided(user, side))
      for (const user of decided) late.delete(user)
      if (late.size === 0) this.#late.delete(side)
      this.#giveUp(side, decided)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const cancel of this.#alarms.values()) cancel()
    this.#late.clear()
  }

  #wake(side: Side, inMs: number, users: () => readonly string[]): void {
    const { clock, isUndecided } = this.#options
    const cancel = clock.at(clock.now() + inMs, () => {
      const all = users()
      this.#addLate(
        side,
        all.filter((user) => isUndecided(user, side)),
      )
      this.#giveUp(
        side,
        all.filter((user) => !isUndecided(user, side)),
      )
    })
    this.#alarms.set(side, cancel)
  }

  #addLate(side: Side, users: readonly string[]): void {
    if (users.length === 0) return
    const late = this.#late.get(side) ?? new Set()
    for (const user of users) late.add(user)
    this.#late.set(side, late)
  }

  #giveUp(side: Side, users: readonly string[]): void {
    const { awaited, giveUp } = this.#options
    // Users who have come back meanwhile are no longer awaited.
    const asked = new Set(users)
    const missing = () => (asked.size === 0 ? [] : awaited(side).filter((user) => asked.has(user)))
    const given = missing()
    if (given.length === 0) return
    const alarm = this.#alarms.get(side)
    giveUp(side, given).then(
      // If the service was lost and came back meanwhile, the grace period has begun again.
      () => {
        if (this.#isClosed || this.#alarms.get(side) !== alarm) return
        const left = missing()
        this.#addLate(side, left)
        // What decides about them may have happened already.
        this.look(left)
      },
      () => {
        if (!this.#isClosed) this.#wake(side, AGAIN_AFTER, missing)
      },
    )
  }
}
