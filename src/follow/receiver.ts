/** Reads notifications as they come, and counts those that say nothing. */
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Platform } from '../directory/model.ts'
import { Complaints } from '../engine/delivery/complaints.ts'
import type { Clock } from '../engine/ports.ts'
import { textOf } from './applier.ts'
import type { Reading } from './events/reading.ts'
import { readUpdate, type Update } from './events/update.ts'
import type { Counts } from './figures.ts'
import type { Picture } from './picture.ts'
import { Repeats } from './repeats.ts'
import type { Delivered } from './upstream/session.ts'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly picture: Picture
  readonly counts: Counts
}

export class Receiver {
  readonly #options: ReceiverOptions
  readonly #repeats = new Repeats()
  readonly #complaints: Complaints

  constructor(options: ReceiverOptions) {
    this.#options = options
    this.#complaints = new Complaints(() => options.clock.now())
  }

  receive({ document, node, item }: Delivered, side: Side, platform?: Platform): Update | 'repeated' | 'unreadable' {
    const { counts, logger } = this.#options
    if (this.#repeats.isRepeated(item)) {
      counts.repeated += 1
      return 'repeated'
    }
    counts.notifications += 1
    try {
      return readUpdate(document, node, this.reading(side), platform)
    } catch (error) {
      counts.unreadable += 1
      this.#complaints.about('notifications', (since) =>
        logger.warn({ node, err: textOf(error), ...since }, 'a notification cannot be read: its user is read instead'),
      )
      return 'unreadable'
    }
  }

  /** What readers of documents from this side know beside the document. */
  reading(side: Side): Reading {
    const { picture, counts, logger } = this.#options
    return {
      side,
      agentAt: (extension) => picture.agentAt(extension),
      strange: (where, value) => {
        counts.strange += 1
        this.#complaints.about(where, (since) =>
          logger.warn({ where, value: value.slice(0, 50), ...since }, 'a value that the contract does not have'),
        )
      },
    }
  }
}
