/**
 * Notices that a side publishes again, after a start, an outage of the side, or a loss of its notification service.
 * Announcements are not stored, so their subscribers have to learn the present state anew.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Announcements } from './announcements.ts'

export interface OpeningsParts {
  readonly announcements: Pick<Announcements, 'sides'>
  /** Is a user of the side awaited who was connected before? The wait is limited by the grace period of presence. */
  awaitsAnybody(side: Side): boolean
  /** The side publishes again. Clients may not be back yet. */
  opened(side: Side): void
  /** The side publishes, and everybody who was connected before is back or is not awaited any more. */
  settled(side: Side): void
}

export class Openings {
  readonly #parts: OpeningsParts
  readonly #open = new Set<Side>()
  /** Open sides on which users are still awaited. */
  readonly #waiting = new Set<Side>()

  constructor(parts: OpeningsParts) {
    this.#parts = parts
  }

  /** Does the side publish, and is nobody awaited there? */
  isSettled(side: Side): boolean {
    return this.#open.has(side) && !this.#waiting.has(side)
  }

  /** To be called after a commit, and when a side may have begun or stopped to publish. */
  look(): void {
    const { announcements, awaitsAnybody, opened, settled } = this.#parts
    const open = announcements.sides()
    for (const side of this.#open) if (!open.includes(side)) this.#closed(side)
    for (const side of open) {
      if (this.#open.has(side)) continue
      this.#open.add(side)
      this.#waiting.add(side)
      opened(side)
    }
    for (const side of this.#waiting) {
      if (awaitsAnybody(side)) continue
      this.#waiting.delete(side)
      settled(side)
    }
  }

  #closed(side: Side): void {
    this.#open.delete(side)
    this.#waiting.delete(side)
  }
}
