/**
 * Publishes the statistics of queues: every 10 seconds those that have changed (`notifications 8.10`). They follow from
 * the state, so they are in no journal.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Announcements, Receiver } from '../delivery/announcements.ts'
import type { Clock } from '../ports.ts'
import type { NamedQueueValue, Notification } from '../values.ts'

/** Milliseconds between two publications of a queue. They are at the full ten seconds of the clock. */
const PERIOD = 10_000

export interface StatisticsFeedParts {
  readonly clock: Clock
  /** The queues as they are now. */
  queues(): readonly NamedQueueValue[]
  readonly announcements: Pick<Announcements, 'isWanted' | 'receivers'>
}

export class StatisticsFeed {
  readonly #parts: StatisticsFeedParts
  /** What each receiver was told last, by queue. */
  readonly #told = new Map<Receiver['name'], Map<string, string>>()
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(parts: StatisticsFeedParts) {
    this.#parts = parts
  }

  /** A commit may have changed something. It costs nothing while there is nobody to tell. */
  look(): void {
    const { clock, announcements } = this.#parts
    if (this.#cancel || this.#stopped || !announcements.isWanted) return
    this.#cancel = clock.at((Math.floor(clock.now() / PERIOD) + 1) * PERIOD, () => {
      this.#cancel = undefined
      this.#publish()
    })
  }

  /** Clients of this side may have missed something: all queues are published there, not only those that change. */
  repeat(side: Side): void {
    this.#told.delete(side)
    this.look()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #publish(): void {
    const receivers = this.#parts.announcements.receivers()
    if (receivers.length === 0) return
    const queues = this.#parts.queues().map((value) => ({ value, text: JSON.stringify(value) }))
    for (const receiver of receivers) {
      const before = this.#told.get(receiver.name)
      const told = new Map(queues.map(({ value, text }) => [value.id, text]))
      this.#told.set(receiver.name, told)
      for (const { value, text } of queues) if (before?.get(value.id) !== text) void this.#tell(receiver, value, text)
    }
  }

  /** A queue that was not accepted is published again, even if nothing changes in it. */
  async #tell(receiver: Receiver, value: NamedQueueValue, text: string): Promise<void> {
    if (await receiver.tell(notificationOf(value))) return
    const told = this.#told.get(receiver.name)
    if (told?.get(value.id) === text) told.delete(value.id)
    this.look()
  }
}

function notificationOf(value: NamedQueueValue): Notification {
  const node = `/finesse/api/Queue/${value.id}`
  return { node, event: 'PUT', source: node, shape: 'item', requestId: '', value }
}
