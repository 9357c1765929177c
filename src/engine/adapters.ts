/** `engine.adapters`: passes the calls of adapters to the current core, and connects the next core after a reset. */
import type { Side } from '../../machines/wire.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { KeyedRequest, KeyedWork } from './answers/once.ts'
import type { EngineAdapters, PresenceInput } from './api.ts'
import type { Core } from './core.ts'
import type { Publisher, RecordStore } from './ports.ts'
import { type Trace, tracedPublisher } from './trace-port.ts'

export interface AdapterParts {
  readonly records: RecordStore
  /** Sides of the engine. */
  readonly sides: readonly Side[]
  /** Sides that have, or will get, a notification service. This class adds sides. */
  readonly served: Set<Side>
  core(): Core
  /** The reset that is under way, if there is one. */
  resetting(): Promise<void> | undefined
  readonly trace: Trace | undefined
}

/** Throws `InvalidArgument` for a side that the engine does not have. */
export function checkSide({ sides }: Pick<EngineAdapters, 'sides'>, side: Side): void {
  if (sides.includes(side)) return
  throw new InvalidArgument(`this engine has no side ${side}: it has ${sides.join(' and ')}, see its option \`sides\``)
}

export class Adapters implements EngineAdapters {
  readonly #parts: AdapterParts
  readonly #publishers = new Map<Side, Publisher>()
  /** The last reported availability of each notification service. */
  readonly #services = new Map<Side, boolean>()

  constructor(parts: AdapterParts) {
    this.#parts = parts
  }

  get sides(): readonly Side[] {
    return this.#parts.sides
  }

  get records(): RecordStore {
    return this.#parts.records
  }

  async once<T>(request: KeyedRequest, work: KeyedWork<T>): Promise<T> {
    const resetting = this.#parts.resetting()
    if (resetting) await resetting
    return this.#parts.core().once(request, work)
  }

  /** A presence that comes during a reset goes to the new core. */
  async presence(presence: PresenceInput): Promise<void> {
    checkSide(this, presence.side)
    await this.#parts.resetting()
    await this.#parts.core().attendance.presence(presence)
  }

  async notificationService(side: Side, available: boolean): Promise<void> {
    checkSide(this, side)
    const { served, core, resetting } = this.#parts
    served.add(side)
    this.#services.set(side, available)
    await resetting()
    const told = core()
    try {
      await told.attendance.notificationService(side, available)
    } catch (error) {
      if (resetting() === undefined && told === core()) throw error
      // A reset has begun meanwhile. `moveTo` reports the service to the new core.
      await resetting()
    }
  }

  async sessionsLost(side: Side, returns: boolean): Promise<void> {
    checkSide(this, side)
    if (!returns) this.#parts.served.delete(side)
    await this.#parts.resetting()
    const { attendance } = this.#parts.core()
    await attendance.sessionsLost(side)
    if (!returns) await attendance.forsake(side)
  }

  attach(side: Side, publisher: Publisher): void {
    checkSide(this, side)
    this.#parts.served.add(side)
    const { trace } = this.#parts
    const used = trace ? tracedPublisher(publisher, side, trace) : publisher
    this.#publishers.set(side, used)
    this.#parts.core().delivery.attach(side, used)
  }

  detach(side: Side): void {
    this.#publishers.delete(side)
    this.#parts.core().delivery.detach(side)
  }

  /** Attaches all publishers to another core, and reports the available services to it. */
  async moveTo(core: Core): Promise<void> {
    for (const [side, publisher] of this.#publishers) core.delivery.attach(side, publisher)
    const served = this.#parts.sides.filter((side) => this.#services.get(side) ?? this.#publishers.has(side))
    await Promise.all(served.map((side) => core.attendance.notificationService(side, true)))
  }
}
