/**
 * The followed Finesse with its one or two sides. It is followed at one side at a time. A side can be used if its
 * SystemInfo says IN_SERVICE, an XMPP session can be opened, and the `finesse` beacon is available (`notifications
 * 12.1`). When the side fails, it is tried once more, and then the other one (`notifications 12.5`).
 */
import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import { Complaints } from '../../engine/delivery/complaints.ts'
import type { Clock } from '../../engine/ports.ts'
import { nextPause, spread } from '../../waiting/pause.ts'
import { readSystemInfo, type SystemInfoDocument } from '../events/system.ts'
import type { FollowedSide } from '../options.ts'
import type { FollowLimits } from './limits.ts'
import type { UpstreamRest } from './rest.ts'
import type { Delivered } from './session.ts'
import { UpstreamSessions, type UpstreamSessionsOptions } from './sessions.ts'

export const SIDES: readonly Side[] = ['A', 'B']

export interface UpstreamOptions
  extends Omit<UpstreamSessionsOptions, 'side' | 'onNotification' | 'onBeacon' | 'agents' | 'nodes'> {
  readonly sides: readonly FollowedSide[]
  readonly rest: readonly UpstreamRest[]
  readonly nodes: () => readonly string[]
  readonly agents: () => readonly string[]
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: FollowLimits
  readonly host: UpstreamHost
}

/** What the follower does when something happens. */
export interface UpstreamHost {
  /** Before the sessions of a side are opened. Rejects if the follower does not know enough for it. */
  connecting(): Promise<void>
  /** The side can be used. `moved`: it is another one than before. */
  up(side: Side, moved: boolean): void
  /** Nothing that is known can be relied on any more. */
  down(why: string): void
  notified(delivered: Delivered, side: Side): void
  system(info: SystemInfoDocument): void
}

export class Upstream {
  readonly #options: UpstreamOptions
  #current = 0
  #sessions: UpstreamSessions | undefined
  #beacon = false
  #isUp = false
  #closed = false
  #wake: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()
  #outOfService = false
  readonly #counts = { moves: 0, connects: 0, losses: 0 }
  readonly #complaints: Complaints
  #wasUpAt: number | undefined

  constructor(options: UpstreamOptions) {
    this.#options = options
    this.#complaints = new Complaints(() => options.clock.now())
  }

  get side(): Side {
    return SIDES[this.#current] ?? 'A'
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** REST of the side that is used. */
  get rest(): UpstreamRest {
    const rest = this.#options.rest[this.#current]
    if (!rest) throw new RangeError('there is no such side')
    return rest
  }

  get figures() {
    return { ...this.#counts, sessions: this.#sessions?.size ?? 0 }
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      this.#options.logger.fatal({ err: error }, 'the follower has stopped: this is a bug')
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#isUp = false
    this.#wake()
    await this.#sessions?.close()
    for (const rest of this.#options.rest) rest.close()
    await this.#running
  }

  /** Others are followed now. What cannot be subscribed to is read. */
  refresh(): void {
    const { agents, nodes, logger } = this.#options
    this.#sessions?.follow(agents(), nodes()).catch((error: unknown) => {
      logger.warn({ err: error }, 'the nodes of new teams could not be subscribed to: reads replace them')
    })
  }

  /** A notification says whether the side is in service. */
  serviceIs(status: 'IN_SERVICE' | 'OUT_OF_SERVICE'): void {
    this.#outOfService = status === 'OUT_OF_SERVICE'
    this.#wake()
  }

  /** Reads fail although the side seems to work: it is looked at again. */
  async suspect(): Promise<void> {
    if (!this.#isUp || (await this.#isInService(this.#current))) return
    this.#outOfService = true
    this.#wake()
  }

  async #run(): Promise<void> {
    const { limits, logger, random, clock } = this.#options
    let last: number | undefined
    while (!this.#closed) {
      const since = clock.now()
      const found = await this.#usable()
      if (found !== undefined && !this.#closed)
        try {
          await this.#follow(found)
        } catch (error) {
          this.#complaints.about('reach', (times) =>
            logger.warn({ err: error, side: SIDES[found], ...times }, 'the followed Finesse cannot be followed'),
          )
        }
      // A side that fails at once is tried as slowly as one that cannot be reached.
      if (clock.now() - since >= limits.longestRetryMs) last = undefined
      last = nextPause({ first: limits.firstRetryMs, longest: limits.longestRetryMs }, last)
      if (!this.#closed) await this.#woken(spread(last, random), () => false)
    }
  }

  /** A side that is in service: the present one if it is. */
  async #usable(): Promise<number | undefined> {
    const others = this.#options.sides.map((_, index) => index).filter((index) => index !== this.#current)
    for (const index of [this.#current, ...others]) if (!this.#closed && (await this.#isInService(index))) return index
    return undefined
  }

  async #isInService(index: number): Promise<boolean> {
    const { rest, host, logger } = this.#options
    try {
      const tree = await rest[index]?.get('SystemInfo', undefined, 'probe')
      if (!tree) return false
      const info = readSystemInfo(tree, { side: SIDES[index] ?? 'A' })
      if (index === this.#current) host.system(info)
      return info.value.status === 'IN_SERVICE'
    } catch (error) {
      logger.debug({ err: error, side: SIDES[index] }, 'no SystemInfo')
      return false
    }
  }

  /** Follows one side until it fails. The sessions of another side are closed before. */
  async #follow(index: number): Promise<void> {
    const { sides, host, nodes, agents, rest: _, logger, ...rest } = this.#options
    const side = sides[index]
    if (!side) return
    this.#beacon = false
    this.#outOfService = false
    const moved = index !== this.#current
    this.#current = index
    await host.connecting()
    const sessions = new UpstreamSessions({
      ...rest,
      logger,
      side,
      nodes: nodes(),
      agents: agents(),
      onNotification: (delivered) => host.notified(delivered, this.side),
      onBeacon: (available) => {
        this.#beacon = available
        this.#wake()
      },
    })
    this.#sessions = sessions
    let lost: string | undefined
    sessions.lost.then(
      (why) => {
        lost = why
        this.#wake()
      },
      () => undefined,
    )
    try {
      await sessions.start()
      this.#counts.connects += 1
      if (moved) this.#counts.moves += 1
      await this.#watch(() => lost, moved)
    } finally {
      this.#isUp = false
      await sessions.close()
    }
  }

  /** Until the sessions are lost, or the other side is better. */
  async #watch(lost: () => string | undefined, moved: boolean): Promise<void> {
    const { host, limits, random } = this.#options
    let told = moved
    for (let first = true; !this.#closed && lost() === undefined; first = false) {
      const isThere = () => this.#beacon && !this.#outOfService
      const patience = first ? limits.connectTimeoutMs : spread(limits.longestRetryMs, random)
      await this.#woken(patience, () => isThere() || lost() !== undefined)
      if (lost() !== undefined || this.#closed) break
      if (!isThere() && !(await this.#comesBack())) break
      if (!isThere()) continue
      this.#isUp = true
      this.#wasUpAt = this.#options.clock.now()
      host.up(this.side, told)
      told = false
      await this.#woken(undefined, () => !isThere() || lost() !== undefined)
      this.#isUp = false
      this.#counts.losses += 1
      if (!this.#closed) host.down(lost() ?? (this.#outOfService ? 'out of service' : 'the beacon is unavailable'))
    }
    if (this.#wasUpAt === undefined && !this.#closed) host.down(lost() ?? 'the beacon is unavailable')
  }

  /** Waits on this side if it is in service again, or if there is no better one. */
  async #comesBack(): Promise<boolean> {
    if (await this.#isInService(this.#current)) {
      // The notification of it may have been lost.
      this.#outOfService = false
      return true
    }
    const other = this.#current === 0 ? 1 : 0
    return this.#options.sides.length === 1 || !(await this.#isInService(other))
  }

  /** Resolves when it holds, when the time is over, or at the end. */
  async #woken(milliseconds: number | undefined, holds: () => boolean): Promise<void> {
    const { clock } = this.#options
    let isOver = false
    let wake: () => void = () => undefined
    const cancel =
      milliseconds === undefined
        ? undefined
        : clock.at(clock.now() + milliseconds, () => {
            isOver = true
            wake()
          })
    while (!isOver && !this.#closed && !holds()) {
      await new Promise<void>((resolve) => {
        wake = resolve
        this.#wake = resolve
      })
    }
    cancel?.()
  }
}
