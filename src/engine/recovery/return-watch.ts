/**
 * How long the notifications of a user wait for the user: from a restart, or from the loss of the notification service,
 * until the user is back and has heard them, or has not come back within the grace period after the service. Who is
 * awaited is a part of the user's own state, so that a second crash in between changes nothing.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Clock } from '../ports.ts'

/** Pause before what could not be given is given again, in ms. */
const AGAIN_AFTER = 1000

export interface ReturnWatchOptions {
  readonly clock: Clock
  /** How long clients may take to come back, in ms. */
  graceMs(): number
  /** Users who are awaited on a side. */
  awaited(side: Side): readonly string[]
  /**
   * Is it open whether the user comes, or hears what waits? The grace period of presence ends at about the same time; who
   * is there may be hearing it now.
   */
  isUndecided(user: string, side: Side): boolean
  /**
   * These users did not come back to the side. Rejects when nothing of it was kept. Who comes in this moment is awaited
   * still.
   */
  giveUp(side: Side, users: readonly string[]): Promise<void>
}

export class ReturnWatch {
  readonly #options: ReturnWatchOptions
  readonly #alarms = new Map<Side, () => void>()
  /** Users whose time is over, but who were undecided then. */
  readonly #late = new Map<Side, Set<string>>()
  #isClosed = false

  constructor(options: ReturnWatchOptions) {
    this.#options = options
  }

  /** Clients can come back from now on. */
  serviceIsBack(side: Side): void {
    this.serviceIsLost(side)
    this.#wake(side, this.#options.graceMs(), () => this.#options.awaited(side))
  }

  /** Nobody can come back to this side until further notice. */
  serviceIsLost(side: Side): void {
    this.#alarms.get(side)?.()
    this.#alarms.delete(side)
    this.#late.delete(side)
  }

  /** It may be decided about those who are late: after a commit, or when the service took nothing for them. */
  look(): void {
    for (const [side, users] of this.#late) {
      const { isUndecided } = this.#options
      const decided = [...users].filter((user) => !isUndecided(user, side))
      for (const user of decided) users.delete(user)
      if (users.size === 0) this.#late.delete(side)
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
    if (users.length > 0) this.#late.set(side, new Set([...(this.#late.get(side) ?? []), ...users]))
  }

  #giveUp(side: Side, users: readonly string[]): void {
    const { awaited, giveUp } = this.#options
    // Whoever has come back meanwhile is awaited no more.
    const asked = new Set(users)
    const missing = () => (asked.size === 0 ? [] : awaited(side).filter((user) => asked.has(user)))
    const given = missing()
    if (given.length === 0) return
    const alarm = this.#alarms.get(side)
    giveUp(side, given).then(
      // Unless the service has gone, and been back, meanwhile: then their time begins anew.
      () => {
        if (!this.#isClosed && this.#alarms.get(side) === alarm) this.#addLate(side, missing())
      },
      () => {
        if (!this.#isClosed) this.#wake(side, AGAIN_AFTER, missing)
      },
    )
  }
}
