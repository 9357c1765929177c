/**
 * The parts of a core, put together on the contents of a store: aggregates, loop, delivery, reads. `core.ts` says what
 * they do.
 */
/** The parts of a core, put together on the contents of a store: aggregates, loop, delivery, reads. `core.ts` says what they do. */
import type { Side } from '../../machines/wire.ts'
import type { BuiltInAcd } from './acd/api.ts'
import { createBuiltInAcd } from './acd/built-in.ts'
import { createAcdEvents } from './acd/events.ts'
import { PastCalls } from './acd/past-calls.ts'
import type { Aggregates } from './aggregate/aggregates.ts'
import { Commands } from './answers/commands.ts'
import { KnownCommands, withoutKey } from './answers/known-commands.ts'
import { Transfers } from './answers/transfers.ts'
import type { Reads, Unavailability } from './api.ts'
import { Follower } from './commit/follower.ts'
import type { LoopHooks } from './commit/hooks.ts'
import { Lease } from './commit/lease.ts'
import { Loop } from './commit/loop.ts'
import { textOf } from './contained.ts'
import { Announcements } from './delivery/announcements.ts'
import { Complaints } from './delivery/complaints.ts'
import { Delivery } from './delivery/delivery.ts'
import { loopHooks } from './delivery/loop-hooks.ts'
import { Openings } from './delivery/openings.ts'
import { DrainWatch } from './drain/watch.ts'
import { hasWork, isDraining } from './drain/work.ts'
import { rewritingFor } from './erasure/erase.ts'
import { Eraser } from './erasure/eraser.ts'
import type { Submit } from './input/inbox.ts'
import type { CoreParts } from './parts.ts'
import type { AcdEvents } from './ports.ts'
import { Attendance } from './presence/attendance.ts'
import { AwaitedUsers } from './presence/users.ts'
import { createReads } from './reads.ts'
import { Housekeeping } from './retention/housekeeping.ts'
import type { Beginning } from './standby/beginning.ts'
import { StatisticsFeed } from './statistics/feed.ts'
import { QueuesNow } from './statistics/queues.ts'
import { StoredTeamMessages } from './team-messages/team-messages.ts'

export class Assembly {
  readonly get: Reads
  readonly acd: BuiltInAcd | undefined
  readonly acdEvents: AcdEvents
  readonly erasures: Eraser
  /** The acknowledged state, for all reads. At the beginning it is that of the store. */
  readonly aggregates: Aggregates
  /** The state that the loop works on. The same, unless the store answers later. */
  readonly #ahead: Aggregates
  readonly delivery: Delivery
  readonly announcements: Announcements
  readonly teamMessages: StoredTeamMessages
  readonly attendance: Attendance
  readonly commands: Commands
  protected readonly parts: CoreParts
  protected readonly lease: Lease
  protected readonly loop: Loop
  protected readonly housekeeping: Housekeeping
  protected readonly statistics: StatisticsFeed
  readonly #openings: Openings
  readonly #complaints: Complaints
  protected readonly transfers = new Transfers()
  protected readonly known: KnownCommands | undefined
  /** Why this core accepts no input any more; `undefined` while it does. */
  protected ended: Unavailability | undefined

  protected constructor(parts: CoreParts, { state, stored }: Beginning) {
    const { ahead, acknowledged } = state
    this.parts = parts
    this.#ahead = ahead
    this.aggregates = acknowledged
    const { directory, clock, arrangement, served, log, figures, probe } = parts
    const store = new Lease(parts.store)
    this.lease = store
    this.#complaints = new Complaints(() => parts.deliveryClock.now())
    const submit: Submit = (...given) => this.loop.submit(...given)
    this.attendance = new Attendance({
      aggregates: this.aggregates,
      directory,
      sides: arrangement.sides,
      served,
      clock,
      log,
      submit,
      delivery: () => this.delivery,
    })
    this.delivery = this.#makeDelivery()
    this.announcements = new Announcements({
      prefix: `${parts.store.id}-${clock.now()}`,
      listeners: parts.listeners,
      hasPublisher: () => this.delivery.hasPublisher,
      open: () => this.delivery.open(),
      refused: (side, node, error) => this.#serviceRefused(side, node, error),
    })
    const { announcements } = this
    this.teamMessages = new StoredTeamMessages({
      records: parts.store.records,
      now: () => clock.now(),
      announcements,
      unsettled: () => arrangement.sides.filter((side) => !this.#openings.isSettled(side)),
    })
    this.statistics = new StatisticsFeed({
      clock,
      queues: () => new QueuesNow(this.aggregates, directory.current).all(),
      announcements,
    })
    const awaited = new AwaitedUsers(this.aggregates)
    this.#openings = new Openings({
      announcements,
      awaitsAnybody: (side) => this.attendance.isFindingOut || awaited.isAnybody(side),
      opened: (side) => this.statistics.repeat(side),
      settled: (side) => {
        this.statistics.repeat(side)
        void this.teamMessages.repeat(side)
      },
    })
    const pastCalls = new PastCalls()
    this.known = this.#makeKnown()
    this.loop = new Loop({
      aggregates: ahead,
      follower: ahead === acknowledged ? undefined : new Follower(acknowledged, (...given) => this.#strayed(...given)),
      store,
      clock,
      hooks: this.#makeHooks(pastCalls),
      last: stored,
      figures,
      inspectors: probe,
      noted: (origin, ...given) => this.known?.noted(origin, ...given) ?? withoutKey(origin),
    })
    this.delivery.add(stored.outbox)
    this.get = createReads(this.aggregates, directory, {
      now: () => clock.now(),
      storeProblem: () => this.storeProblem,
    })
    this.commands = new Commands({
      aggregates: this.aggregates,
      directory,
      arrangement,
      attendance: this.attendance,
      transfers: this.transfers,
      submit,
    })
    const isBuiltIn = arrangement.acd === 'built-in'
    this.acd = isBuiltIn ? createBuiltInAcd(this.aggregates, directory, submit, pastCalls) : undefined
    this.acdEvents = createAcdEvents({
      aggregates: this.aggregates,
      inForce: directory,
      hasCalls: arrangement.acdHasCalls ?? false,
      submit,
      isDraining: () => isDraining(this.aggregates),
    })
    this.erasures = new Eraser({
      aggregates: this.aggregates,
      store,
      clock,
      submit,
      writeSnapshots: () => this.loop.writeSnapshots(),
      others: () => pastCalls.values(),
      forget: (subjects) => {
        pastCalls.erase(subjects.ids)
        this.delivery.change(rewritingFor(subjects).payload)
      },
      elsewhere: parts.eraseElsewhere,
      failed: (error) => log.error({ err: error.message }, 'an erasure failed; it is tried again'),
    })
    this.housekeeping = new Housekeeping({
      aggregates: this.aggregates,
      store,
      clock,
      eraser: this.erasures,
      retention: parts.retention,
      log,
      agents: () => new Set(directory.current.users.map(({ id }) => id)),
    })
  }

  get storeProblem(): string | undefined {
    return this.ended?.message ?? this.loop.storeProblem
  }

  #makeDelivery(): Delivery {
    const { deliveryClock, store, link, log } = this.parts
    return new Delivery({
      clock: deliveryClock,
      storeId: store.id,
      acd: link,
      mustWait: (lane) => this.attendance.mustWait(lane),
      mustBeHeard: (lane) => this.attendance.mustBeHeard(lane),
      settled: (lane) => this.attendance.settled(lane),
      emptied: (lane) => this.attendance.emptied(lane),
      pumped: () => this.#openings.look(),
      isSilent: (side) => this.aggregates.side(side)?.isCutOff ?? false,
      delivered: (rows) => this.loop.delivered(rows),
      refused: (side, node, error) => this.#serviceRefused(side, node, textOf(error)),
      undeliverable: (row, error) =>
        log.error({ row, err: error.message }, 'a notification cannot be delivered and is dropped'),
    })
  }

  #makeKnown(): KnownCommands | undefined {
    const { fingerprints, clock, figures } = this.parts
    if (!fingerprints) return undefined
    const answered = () => {
      figures.repeatedCommands += 1
    }
    return new KnownCommands({
      aggregates: this.aggregates,
      records: this.lease.records,
      clock,
      fingerprints,
      answered,
    })
  }

  #strayed(aggregate: string, { message }: Error): void {
    this.parts.log.error(
      { aggregate, err: message },
      'a step gave another result when it was applied again: until the next start, reads show this aggregate as it was before',
    )
  }

  #serviceRefused(side: Side, node: string, err: string): void {
    this.#complaints.about(`service of side ${side}`, (since) =>
      this.parts.log.warn(
        { side, node, err, ...since },
        'the notification service refused a notification; it is tried again',
      ),
    )
  }

  #makeHooks(pastCalls: PastCalls): LoopHooks {
    const { store, arrangement, log, listeners } = this.parts
    return loopHooks({
      storeId: store.id,
      sides: arrangement.sides,
      log,
      listeners,
      delivery: this.delivery,
      attendance: this.attendance,
      transfers: this.transfers,
      drain: new DrainWatch({
        listeners,
        isDraining: () => isDraining(this.aggregates),
        hasWork: () => hasWork(this.aggregates),
      }),
      pastCalls,
      known: this.known,
      statistics: this.statistics,
      openings: this.#openings,
      isLost: (side) => this.#ahead.side(side)?.isLost ?? false,
      storeProblem: () => this.storeProblem,
    })
  }
}
