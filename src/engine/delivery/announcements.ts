/**
 * Announcements: notifications that are not stored. They are sent once, to the clients that are connected. Nobody waits
 * for them, because clients read the object itself when they connect.
 */
import type { Side } from '../../../machines/wire.ts'
import { contained, textOf } from '../contained.ts'
import type { EngineEvents } from '../events.ts'
import type { Publisher } from '../ports.ts'
import type { Notification } from '../values.ts'
import { announcementsLaneOf } from './lanes.ts'
import type { Listeners } from './listeners.ts'

/** One who gets announcements: the notification service of a side, or the listeners of the engine. */
export interface Receiver {
  readonly name: Side | 'listeners'
  /** Resolves with false if the notification was not accepted. Never rejects. */
  tell(notification: Notification): Promise<boolean>
}

export interface AnnouncementParts {
  /** Unique for this start of the engine, as the beginning of item ids. */
  readonly prefix: string
  readonly listeners: Listeners<EngineEvents>
  /** Is the notification service of any side attached, even if it may not publish now? */
  hasPublisher(): boolean
  /** The services that may publish now. */
  open(): readonly (readonly [Side, Publisher])[]
  /** A service did not accept an announcement, which is dropped. */
  refused(side: Side, node: string, error: string): void
}

export class Announcements {
  readonly #parts: AnnouncementParts
  #count = 0

  constructor(parts: AnnouncementParts) {
    this.#parts = parts
  }

  /** Is there anybody who gets announcements, now or when a side is back? */
  get isWanted(): boolean {
    return this.#parts.hasPublisher() || this.#parts.listeners.has('announcement')
  }

  /** Those who get an announcement that is made now. */
  receivers(): readonly Receiver[] {
    const { listeners, open } = this.#parts
    const services = open().map(([side, publisher]) => this.#service(side, publisher))
    if (!listeners.has('announcement')) return services
    const tell = async (notification: Notification) => {
      listeners.emit('announcement', notification)
      return true
    }
    return [...services, { name: 'listeners', tell }]
  }

  /** The sides that may publish now. */
  sides(): readonly Side[] {
    return this.#parts.open().map(([side]) => side)
  }

  /** Sends a notification to one side. Resolves with false if the side does not publish, or did not accept it. */
  async tellSide(side: Side, notification: Notification): Promise<boolean> {
    const publisher = this.#parts.open().find(([open]) => open === side)?.[1]
    return publisher === undefined ? false : this.#service(side, publisher).tell(notification)
  }

  /** Sends a notification to all receivers. */
  announce(notification: Notification): void {
    for (const { tell } of this.receivers()) void tell(notification)
  }

  #service(side: Side, publisher: Publisher): Receiver {
    return {
      name: side,
      tell: async (notification) => {
        this.#count += 1
        const itemId = `${this.#parts.prefix}-${this.#count}`
        try {
          await publisher.publish({ itemId, lane: announcementsLaneOf(side), notification })
          return true
        } catch (error) {
          contained(() => this.#parts.refused(side, notification.node, textOf(error)))
          return false
        }
      },
    }
  }
}
