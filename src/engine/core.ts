/**
 * The parts of one running engine on the contents of a store: aggregates, loop, delivery, reads. A reset replaces the
 * core, while the front in `engine.ts` stays.
 */

import type { Side } from '../../machines/wire.ts'
import type { Directory } from '../directory/model.ts'
import { isInherited } from '../directory/names.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { BuiltInAcd } from './acd/api.ts'
import { createBuiltInAcd } from './acd/built-in.ts'
import { createAcdEvents } from './acd/events.ts'
import { PastCalls } from './acd/past-calls.ts'
import type { Aggregates } from './aggregate/aggregates.ts'
import { Commands } from './answers/commands.ts'
import { KnownCommands, withoutKey } from './answers/known-commands.ts'
import type { KeyedRequest, KeyedWork } from './answers/once.ts'
import { Transfers } from './answers/transfers.ts'
import type { FaultInput, Reads, Unavailability, UserEventInput } from './api.ts'
import { Follower } from './commit/follower.ts'
import type { LoopHooks } from './commit/hooks.ts'
import { Lease } from './commit/lease.ts'
import { Loop } from './commit/loop.ts'
import { configuration } from './configuration/configuration.ts'
import { textOf } from './contained.ts'
import { Announcements } from './delivery/announcements.ts'
import { Complaints } from './delivery/complaints.ts'
import { Delivery } from './delivery/delivery.ts'
import { loopHooks } from './delivery/loop-hooks.ts'
import { Openings } from './delivery/openings.ts'
import { drainInputs } from './drain/inputs.ts'
import { DrainWatch } from './drain/watch.ts'
import { hasWork, isDraining } from './drain/work.ts'
import { rewritingFor } from './erasure/erase.ts'
import { Eraser } from './erasure/eraser.ts'
import { checkFault, faultInputs, faultScope } from './input/fault.ts'
import { checkUserEvent, followed, namesIn } from './input/followed.ts'
import { BATCH_MAX, type Submit } from './input/inbox.ts'
import type { Input } from './input.ts'
import type { CoreParts } from './parts.ts'
import type { AcdEvents, Origin } from './ports.ts'
import { Attendance } from './presence/attendance.ts'
import { AwaitedUsers } from './presence/users.ts'
import { createReads } from './reads.ts'
import { recentRows } from './recovery/recent.ts'
import { setBack } from './recovery/set-back.ts'
import { startInputs } from './recovery/start-inputs.ts'
import { Housekeeping } from './retention/housekeeping.ts'
import { type Beginning, beginning } from './standby/beginning.ts'
import { StatisticsFeed } from './statistics/feed.ts'
import { QueuesNow } from './statistics/queues.ts'
import { StoredTeamMessages } from './team-messages/team-messages.ts'

const ENGINE: Origin = { via: 'engine' }

export class Core {
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
  readonly #parts: CoreParts
  readonly #lease: Lease
  readonly #loop: Loop
  readonly #housekeeping: Housekeeping
  readonly #statistics: StatisticsFeed
  readonly #openings: Openings
  readonly #complaints: Complaints
  readonly #transfers = new Transfers()
  readonly #known: KnownCommands | undefined
  /** Why this core accepts no input any more; `undefined` while it does. */
  #ended: Unavailability | undefined

  /**
   * A core on the contents of the store, or on those of a standby. Nothing else may use the store before it resolves. Rejects with
   * `RecoveryError` if the contents cannot be read.
   */
  static async open(parts: CoreParts): Promise<Core> {
    const { store } = parts
    const from = await beginning(parts)
    const core = new Core(parts, from)
    await core.#known?.start(async (recent) => {
      return [...(await recentRows(store.history, from.loaded, recent)), ...from.state.keyed]
    })
    return core
  }

  private constructor(parts: CoreParts, { state, stored }: Beginning) {
    const { ahead, acknowledged } = state
    this.#parts = parts
    this.#ahead = ahead
    this.aggregates = acknowledged
    const { directory, clock, arrangement, served, log, figures, probe } = parts
    const store = new Lease(parts.store)
    this.#lease = store
    this.#complaints = new Complaints(() => parts.deliveryClock.now())
    const submit: Submit = (...given) => this.#loop.submit(...given)
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
    this.#statistics = new StatisticsFeed({
      clock,
      queues: () => new QueuesNow(this.aggregates, directory.current).all(),
      announcements,
    })
    const awaited = new AwaitedUsers(this.aggregates)
    this.#openings = new Openings({
      announcements,
      awaitsAnybody: (side) => this.attendance.isFindingOut || awaited.isAnybody(side),
      opened: (side) => this.#statistics.repeat(side),
      settled: (side) => {
        this.#statistics.repeat(side)
        void this.teamMessages.repeat(side)
      },
    })
    const pastCalls = new PastCalls()
    this.#known = this.#makeKnown()
    this.#loop = new Loop({
      aggregates: ahead,
      follower: ahead === acknowledged ? undefined : new Follower(acknowledged, (...given) => this.#strayed(...given)),
      store,
      clock,
      hooks: this.#makeHooks(pastCalls),
      last: stored,
      figures,
      inspectors: probe,
      noted: (origin, ...given) => this.#known?.noted(origin, ...given) ?? withoutKey(origin),
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
      transfers: this.#transfers,
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
      writeSnapshots: () => this.#loop.writeSnapshots(),
      others: () => pastCalls.values(),
      forget: (subjects) => {
        pastCalls.erase(subjects.ids)
        this.delivery.change(rewritingFor(subjects).payload)
      },
      elsewhere: parts.eraseElsewhere,
      failed: (error) => log.error({ err: error.message }, 'an erasure failed; it is tried again'),
    })
    this.#housekeeping = new Housekeeping({
      aggregates: this.aggregates,
      store,
      clock,
      eraser: this.erasures,
      retention: parts.retention,
      log,
      agents: () => new Set(directory.current.users.map(({ id }) => id)),
    })
  }

  /**
   * Gives the aggregates what may have changed since the last process: the directory, the clock and the notification
   * services. The presence of users who were connected is unknown now. If they are many, the last of them get the input
   * that says so after the start.
   */
  async start(): Promise<void> {
    const { directory, arrangement, served, inSlices, standby } = this.#parts
    const pause = this.#housekeeping.pauseAtStart()
    this.#loop.start()
    await this.#followClock()
    const former = this.attendance.former()
    const compared = standby?.compared(directory.current, arrangement)
    const start = { directory: directory.current, arrangement, served, former, compared }
    const inputs = await inSlices(startInputs(this.aggregates, start))
    // In portions of one commit, because taking all of them at once would be long.
    for (let first = 0; first < inputs.length; first += BATCH_MAX) {
      const portion = inputs.slice(first, first + BATCH_MAX)
      await Promise.all(portion.map(({ to, input }) => this.#loop.submit(to, input, { origin: ENGINE })))
    }
    this.attendance.start()
    this.erasures.start()
    this.#housekeeping.start(pause)
  }

  /**
   * Puts another directory in force. The aggregates get all differences in one commit. `committed` is called at this
   * commit, before any notification is sent.
   */
  async reload(directory: Directory, origin: Origin, committed: () => void): Promise<void> {
    const inputs = configuration(this.aggregates, directory, this.#parts.arrangement)
    await this.#loop.submitTogether(inputs, { origin }, () => {
      this.#parts.directory.replace(directory)
      committed()
    })
    this.delivery.pump()
  }

  async userEvent(event: UserEventInput, origin: Origin): Promise<void> {
    const { arrangement, directory } = this.#parts
    if (arrangement.role === 'authority')
      throw new InvalidArgument('an authority takes no user events: it is the Finesse')
    checkUserEvent(event)
    if (!this.aggregates.user(event.user)) throw new InvalidArgument(`there is no user ${event.user}`)
    for (const name of namesIn(event))
      if (isInherited(name)) throw new InvalidArgument(`the name "${name}" is reserved`)
    const input: Input = { kind: 'user', event: followed(event, directory.current) }
    await this.#loop.submit(`user/${event.user}`, input, { origin, isFact: true })
  }

  async fault(fault: FaultInput, origin: Origin): Promise<void> {
    checkFault(fault, this.#parts.arrangement.sides)
    // Submitted together, so that one commit has the failure and its consequences.
    const inputs = faultInputs(
      fault,
      faultScope(this.aggregates, this.#parts.directory.current, this.#parts.arrangement.sides),
    )
    await Promise.all(inputs.map(({ to, input }) => this.#loop.submit(to, input, { origin })))
    this.delivery.pump()
  }

  /** See `EngineAdapters.once`. */
  async once<T>(request: KeyedRequest, work: KeyedWork<T>): Promise<T> {
    return this.#known ? this.#known.once(request, work) : work.first(withoutKey(request.origin))
  }

  /** Begins or ends a drain, on all sides and in all queues, in one commit. */
  async drain(on: boolean, origin: Origin): Promise<void> {
    const inputs = drainInputs(this.aggregates, on)
    if (inputs.length > 0) await this.#loop.submitTogether(inputs, { origin })
    this.delivery.pump()
  }

  get storeProblem(): string | undefined {
    return this.#ended?.message ?? this.#loop.storeProblem
  }

  /** Finds out whether the store still takes changes. */
  tryStore(): void {
    this.#loop.tryStore()
  }

  /** Commits the waiting inputs, then stops. */
  async close(): Promise<void> {
    this.#stop()
    await this.#loop.close()
    // The last commits may still have outcomes.
    this.#transfers.end()
    this.delivery.close()
  }

  /** See `Loop.hold`. */
  hold(): Promise<() => void> {
    return this.#loop.hold()
  }

  /**
   * Stops at once and writes nothing more. Inputs that are under way get `EngineUnavailable` for this reason. Reads
   * still show the last state, as out of service.
   */
  abandon(why: Unavailability): void {
    this.#ended = why
    this.#lease.end(why)
    this.#stop()
    this.#loop.abandon(why)
    this.#transfers.end()
    this.delivery.close()
  }

  // ------------------------------------------------------------------------------------------------ inside

  #makeDelivery(): Delivery {
    const { deliveryClock, store, link, log } = this.#parts
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
      delivered: (rows) => this.#loop.delivered(rows),
      refused: (side, node, error) => this.#serviceRefused(side, node, textOf(error)),
      undeliverable: (row, error) =>
        log.error({ row, err: error.message }, 'a notification cannot be delivered and is dropped'),
    })
  }

  #makeKnown(): KnownCommands | undefined {
    const { fingerprints, clock, figures } = this.#parts
    if (!fingerprints) return undefined
    const answered = () => {
      figures.repeatedCommands += 1
    }
    return new KnownCommands({
      aggregates: this.aggregates,
      records: this.#lease.records,
      clock,
      fingerprints,
      answered,
    })
  }

  #strayed(aggregate: string, { message }: Error): void {
    this.#parts.log.error(
      { aggregate, err: message },
      'a step gave another result when it was applied again: until the next start, reads show this aggregate as it was before',
    )
  }

  #serviceRefused(side: Side, node: string, err: string): void {
    this.#complaints.about(`service of side ${side}`, (since) =>
      this.#parts.log.warn(
        { side, node, err, ...since },
        'the notification service refused a notification; it is tried again',
      ),
    )
  }

  #makeHooks(pastCalls: PastCalls): LoopHooks {
    const { store, arrangement, log, listeners } = this.#parts
    return loopHooks({
      storeId: store.id,
      sides: arrangement.sides,
      log,
      listeners,
      delivery: this.delivery,
      attendance: this.attendance,
      transfers: this.#transfers,
      drain: new DrainWatch({
        listeners,
        isDraining: () => isDraining(this.aggregates),
        hasWork: () => hasWork(this.aggregates),
      }),
      pastCalls,
      known: this.#known,
      statistics: this.#statistics,
      openings: this.#openings,
      isLost: (side) => this.#ahead.side(side)?.isLost ?? false,
      storeProblem: () => this.storeProblem,
    })
  }

  /** Moves all times in the state back if the clock of this start is behind the journal. */
  async #followClock(): Promise<void> {
    const { clock, log } = this.#parts
    const found = setBack(this.aggregates, clock.now())
    if (!found) return
    log.warn(
      { seconds: found.by / 1000 },
      'the clock is behind the last entry of the journal: all times and deadlines in the state are moved back by that much',
    )
    await this.#loop.submitTogether(found.inputs, { origin: ENGINE })
  }

  #stop(): void {
    this.#housekeeping.stop()
    this.#statistics.stop()
    this.erasures.stop()
    this.#known?.stop()
    this.attendance.close()
  }
}
