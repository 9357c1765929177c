/**
 * Applies what was told, in the order in which it came: first the machines get it, and after their commit the picture, so
 * that reads and notifications never show what is not kept.
 */
import type { Logger } from 'pino'
import type { Engine } from '../engine/api.ts'
import { contained } from '../engine/contained.ts'
import { Complaints } from '../engine/delivery/complaints.ts'
import type { EngineEvents } from '../engine/events.ts'
import type { Clock, Origin } from '../engine/ports.ts'
import type { Certainties } from './certainty.ts'
import type { Told, Update } from './events/update.ts'
import { machineEventOf } from './machine-event.ts'
import { notificationOf } from './notification.ts'
import type { Picture } from './picture.ts'
import { type Subjects, userOf } from './subject.ts'

export type Emit = <E extends 'notification' | 'committed'>(event: E, value: Parameters<EngineEvents[E]>[0]) => void

export interface ApplierOptions {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly picture: Picture
  readonly certainties: Certainties
  readonly subjects: Subjects
  readonly emit: Emit
  /** Called before the picture changes. `wasTold`: something about the same subject was told before. */
  readonly applying: (item: Item, wasTold: boolean) => void
  /** Called after each thing that was applied. */
  readonly applied: (told: Told, update: Pick<Update, 'requestId'>) => void
  /** It could not be applied, so the user has to be read. */
  readonly failed: (user: string) => void
}

export type Place = Omit<Update, 'told' | 'data'>

/** What was told, from where, and how it came here. */
export interface Item {
  readonly told: Told
  readonly place: Place
  readonly id: string
  readonly origin: Origin
  /** The machines have this state already, so they get nothing. */
  readonly isKnownToMachines?: boolean
  /** A read found it. */
  readonly isRead?: boolean
}

export class Applier {
  readonly #options: ApplierOptions
  #position = 0
  readonly #complaints: Complaints
  #tail: Promise<void> = Promise.resolve()

  constructor(options: ApplierOptions) {
    this.#options = options
    this.#complaints = new Complaints(() => options.clock.now())
    options.engine.on('notification', ({ position }) => {
      this.#position = position
    })
  }

  /** What was taken up to now is applied. */
  get settled(): Promise<void> {
    return this.#tail
  }

  /** Applies what was told, in its turn. Resolves when reads show it. Never rejects. */
  take(item: Item): Promise<void> {
    const { subjects, logger } = this.#options
    const user = userOf(item.told)
    const wasTold = user !== undefined && subjects.isNewer(user, item.told, 0)
    if (user !== undefined) subjects.note(user, item.told)
    const committed = this.#submitted(item).then(
      () => true,
      (error: unknown) => {
        // A store that refuses changes may let go of thousands at the end.
        this.#complaints.about('events', (since) =>
          logger.error(
            { err: textOf(error), user, ...since },
            'the engine did not take an event: its user is read again',
          ),
        )
        return false
      },
    )
    this.#tail = Promise.all([committed, this.#tail]).then(([isCommitted]) => {
      // A failure here must not stop what comes later.
      if (isCommitted)
        contained(
          () => this.#apply(item, user, wasTold),
          (error) => this.#notApplied(user, error),
        )
      else if (user !== undefined) this.#options.failed(user)
    })
    return this.#tail
  }

  committed(users: readonly string[]): void {
    if (users.length > 0) this.#options.emit('committed', { aggregates: users.map((user) => `user/${user}`) })
  }

  #submitted({ told, origin, isKnownToMachines = false }: Item): Promise<void> {
    const event = isKnownToMachines ? undefined : machineEventOf(told)
    return event ? this.#options.engine.userEvent(event, origin) : Promise.resolve()
  }

  #notApplied(user: string | undefined, error: unknown): void {
    this.#options.logger.error({ err: error, user }, 'what was told could not be applied: its user is read again')
    if (user !== undefined) this.#options.failed(user)
  }

  #apply(item: Item, user: string | undefined, wasTold: boolean): void {
    const { told, place, id } = item
    const { emit, clock, picture, certainties, applying, applied } = this.#options
    const known = user === undefined ? undefined : picture.of(user)?.user
    const notification = notificationOf(told, place, known)
    applying(item, wasTold)
    picture.take(told)
    if (user !== undefined) certainties.proved(user, clock.now())
    if (notification) emit('notification', { ...notification, itemId: id, position: this.#position })
    applied(told, place)
    if (user !== undefined) this.committed([user])
  }
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
