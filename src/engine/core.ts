/**
 * The parts of one running engine on the contents of a store: aggregates, loop, delivery, reads. A reset replaces the
 * core, while the front in `engine.ts` stays.
 */

import type { Side } from '../../machines/wire.ts'
import type { Directory } from '../directory/model.ts'
import { isInherited } from '../directory/names.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { createBuiltInAcd } from './acd/built-in.ts'
import { createAcdEvents } from './acd/events.ts'
import type { AcdLink } from './acd/link.ts'
import { PastCalls } from './acd/past-calls.ts'
import { Aggregates } from './aggregate/aggregates.ts'
import { answerTo, isTransfer, rejected } from './answers/answer.ts'
import { Transfers } from './answers/transfers.ts'
import type { BuiltInAcd, EngineEvents, FaultInput, PresenceInput, Reads, UserEventInput } from './api.ts'
import type { Answer, Command } from './commands.ts'
import { farAhead, SECOND_LOOK } from './commit/far-ahead.ts'
import type { LoopFigures } from './commit/figures.ts'
import { Housekeeping, JOURNAL, type Retention } from './commit/housekeeping.ts'
import { Lease } from './commit/lease.ts'
import { Loop } from './commit/loop.ts'
import { type Arrangement, configuration } from './configuration/configuration.ts'
import type { DirectoryInForce } from './configuration/directory-in-force.ts'
import { textOf } from './contained.ts'
import { Complaints } from './delivery/complaints.ts'
import { Delivery } from './delivery/delivery.ts'
import type { Listeners } from './delivery/listeners.ts'
import { loopHooks } from './delivery/loop-hooks.ts'
import { drainInputs } from './drain/inputs.ts'
import { isNewSignIn } from './drain/sign-in.ts'
import { DrainWatch } from './drain/watch.ts'
import { drainingSince, hasWork } from './drain/work.ts'
import { CustomerData } from './erasure/customer-data.ts'
import { rewritingFor } from './erasure/erase.ts'
import { Eraser } from './erasure/eraser.ts'
import { addressed, type Present } from './input/command-input.ts'
import { faultInputs, faultScope } from './input/fault.ts'
import { followed } from './input/followed.ts'
import type { Input } from './input.ts'
import type { InspectedEvent } from './inspection/api.ts'
import { type Probe, present } from './inspection/probe.ts'
import type { AcdEvents, Clock, Origin, Publisher, Store } from './ports.ts'
import { Attendance } from './presence/attendance.ts'
import { createReads, isDialog, readCall } from './reads.ts'
import { recover } from './recovery/recovery.ts'
import { setBack } from './recovery/set-back.ts'
import { startInputs } from './recovery/start-inputs.ts'
import type { RuleBook } from './rules/rule-book.ts'

/** Receives the engine's log lines. They never contain secrets or call variables. */
export interface EngineLog {
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

/** The parts that a core gets from the front. They stay when a reset replaces the core. */
export interface CoreParts {
  readonly directory: DirectoryInForce
  readonly store: Store
  readonly clock: Clock
  /** The clock of the pauses before a refused notification is sent again. */
  readonly deliveryClock: Clock
  /** The external ACD, if there is one. */
  readonly link: AcdLink | undefined
  readonly arrangement: Arrangement
  /** The known sets of rules. `arrangement` says which set is in force. */
  readonly rules: RuleBook
  readonly retention: Retention
  readonly throwaway: boolean
  readonly log: EngineLog
  readonly listeners: Listeners<EngineEvents>
  readonly figures: LoopFigures
  /** Collects the inspection events. */
  readonly probe: Probe
  /**
   * Sides that have, or will get, a notification service. Their notifications are kept until the service has accepted
   * them.
   */
  readonly served: ReadonlySet<Side>
}

const ENGINE: Origin = { via: 'engine' }

export class Core {
  readonly get: Reads
  readonly acd: BuiltInAcd | undefined
  readonly acdEvents: AcdEvents
  readonly erasures: Eraser
  readonly #parts: CoreParts
  readonly #lease: Lease
  readonly #aggregates: Aggregates
  readonly #loop: Loop
  readonly #delivery: Delivery
  readonly #housekeeping: Housekeeping
  readonly #customerData: CustomerData
  readonly #attendance: Attendance
  readonly #transfers = new Transfers()
  /** Why this core accepts no input any more; `undefined` while it does. */
  #ended: string | undefined

  /** Throws `RecoveryError` if the contents of the store cannot be read. */
  constructor(parts: CoreParts) {
    this.#parts = parts
    const { directory, clock, link, arrangement, retention, log, listeners, figures, probe, served } = parts
    const complaints = new Complaints(() => parts.deliveryClock.now())
    const store = new Lease(parts.store)
    this.#lease = store
    this.#aggregates = new Aggregates({ isThrowaway: parts.throwaway, probe, rules: parts.rules })
    const stored = store.load()
    recover(this.#aggregates, stored)
    const submit: Loop['submit'] = (...given) => this.#loop.submit(...given)
    this.#attendance = new Attendance({
      aggregates: this.#aggregates,
      directory,
      sides: arrangement.sides,
      clock,
      submit,
      delivery: () => this.#delivery,
    })
    this.#delivery = new Delivery({
      clock: parts.deliveryClock,
      storeId: store.id,
      acd: link,
      mustWait: (lane) => this.#attendance.mustWait(lane),
      mustBeHeard: (lane) => this.#attendance.mustBeHeard(lane),
      unheard: () => this.#attendance.look(),
      emptied: (lane) => this.#attendance.emptied(lane),
      isSilent: (side) => this.#aggregates.side(side)?.isCutOff ?? false,
      delivered: (rows) => this.#loop.delivered(rows),
      refused: (side, node, error) =>
        complaints.about(`service of side ${side}`, (since) =>
          log.warn(
            { side, node, err: textOf(error), ...since },
            'the notification service refused a notification; it is tried again',
          ),
        ),
      undeliverable: (row, error) =>
        log.error({ row, err: error.message }, 'a notification cannot be delivered and is dropped'),
    })
    const pastCalls = new PastCalls()
    const hooks = loopHooks({
      storeId: store.id,
      sides: arrangement.sides,
      served,
      log,
      listeners,
      delivery: this.#delivery,
      attendance: this.#attendance,
      transfers: this.#transfers,
      drain: new DrainWatch({
        listeners,
        isDraining: () => this.#isDraining,
        hasWork: () => hasWork(this.#aggregates),
      }),
      pastCalls,
      isLost: (side) => this.#aggregates.side(side)?.isLost ?? false,
      storeProblem: () => this.storeProblem,
    })
    this.#loop = new Loop(this.#aggregates, store, clock, hooks, stored, figures, probe)
    this.#delivery.add(stored.outbox)
    this.#housekeeping = new Housekeeping(store, clock, retention, (error) =>
      log.error({ err: error.message }, 'the store could not be compacted'),
    )
    this.get = createReads(this.#aggregates, directory, {
      now: () => clock.now(),
      storeProblem: () => this.storeProblem,
    })
    const isBuiltIn = arrangement.acd === 'built-in'
    this.acd = isBuiltIn ? createBuiltInAcd(this.#aggregates, directory, submit, pastCalls) : undefined
    this.acdEvents = createAcdEvents(this.#aggregates, submit, () => this.#isDraining)
    this.erasures = new Eraser({
      aggregates: this.#aggregates,
      store,
      clock,
      submit,
      writeSnapshots: () => this.#loop.writeSnapshots(),
      others: () => pastCalls.values(),
      forget: (subjects) => {
        pastCalls.erase(subjects.ids)
        this.#delivery.change(rewritingFor(subjects).payload)
      },
      failed: (error) => log.error({ err: error.message }, 'an erasure failed; it is tried again'),
    })
    const { customerData = Number.POSITIVE_INFINITY, journal = JOURNAL } = retention
    const keptFor = { customers: customerData, formerAgents: journal }
    const agents = () => new Set(directory.current.users.map(({ id }) => id))
    this.#customerData = new CustomerData(this.erasures, clock, keptFor, agents)
  }

  /**
   * Gives the aggregates what may have changed since the last process: the directory, the clock and the notification
   * services. The presence of users who were connected is unknown now.
   */
  async start(): Promise<void> {
    const { directory, arrangement, served } = this.#parts
    const pause = this.#pauseBeforeRetention()
    this.#loop.start()
    await this.#followClock()
    this.#housekeeping.start(pause)
    const inputs = startInputs(this.#aggregates, directory.current, arrangement, served)
    await Promise.all(inputs.map(({ to, input }) => this.#loop.submit(to, input, { origin: ENGINE })))
    this.erasures.start()
    this.#customerData.start(pause)
  }

  /** Ids of the users in the aggregates. Before `start` they are the users of the store. */
  usersThere(): readonly string[] {
    return this.#aggregates.users()
  }

  /**
   * Puts another directory in force. The aggregates get all differences in one commit. `committed` is called at this
   * commit, before any notification is sent.
   */
  async reload(directory: Directory, origin: Origin, committed: () => void): Promise<void> {
    const inputs = configuration(this.#aggregates, directory, this.#parts.arrangement)
    await this.#loop.submitTogether(inputs, { origin }, () => {
      this.#parts.directory.replace(directory)
      committed()
    })
    this.#delivery.pump()
  }

  async command(command: Command, origin: Origin): Promise<Answer> {
    const { side = 'A' } = command
    if (!this.#parts.arrangement.sides.includes(side)) return rejected('INVALID_COMMAND', 'side')
    if (this.#aggregates.side(side)?.isCutOff) return rejected('OUT_OF_SERVICE', side)
    const step = addressed(command, this.#present())
    if ('code' in step) return step
    if (this.#parts.arrangement.role === 'follower') return rejected('FOLLOWER', '')
    if (this.#isDraining && isNewSignIn(command, this.#aggregates.user(command.user))) return rejected('DRAINING', '')
    const transfer = isTransfer(command) ? this.#transfers.watch(command.dialog) : undefined
    try {
      const submitted = this.#loop.submit(step.to, step.input, { origin })
      const [reply] = await Promise.all([submitted, ...this.#attendance.signInWithoutService(command, side)])
      const answer = answerTo(command, reply)
      return answer.outcome === 'DONE' && transfer ? transfer.answer(reply.position ?? 0) : answer
    } finally {
      transfer?.stopUnlessUnderWay()
    }
  }

  presence(presence: PresenceInput): Promise<void> {
    return this.#attendance.presence(presence)
  }

  notificationService(side: Side, available: boolean): Promise<void> {
    return this.#attendance.notificationService(side, available)
  }

  async userEvent(event: UserEventInput): Promise<void> {
    const { arrangement, directory } = this.#parts
    if (arrangement.role === 'authority')
      throw new InvalidArgument('an authority takes no user events: it is the Finesse')
    if (!this.#aggregates.user(event.user)) throw new InvalidArgument(`there is no user ${event.user}`)
    for (const name of ['mrd' in event ? event.mrd : '', 'dialog' in event ? event.dialog : ''])
      if (isInherited(name)) throw new InvalidArgument(`the name "${name}" is reserved`)
    const input: Input = { kind: 'user', event: followed(event, directory.current) }
    await this.#loop.submit(`user/${event.user}`, input, { origin: { via: 'finesse' }, isFact: true })
  }

  async fault(fault: FaultInput, origin: Origin): Promise<void> {
    if (!this.#parts.arrangement.sides.includes(fault.side)) throw new InvalidArgument(`there is no side ${fault.side}`)
    // Submitted together, so that one commit has the failure and its consequences.
    const inputs = faultInputs(
      fault,
      faultScope(this.#aggregates, this.#parts.directory.current, this.#parts.arrangement.sides),
    )
    await Promise.all(inputs.map(({ to, input }) => this.#loop.submit(to, input, { origin })))
    this.#delivery.pump()
  }

  /** Begins or ends a drain, on all sides and in all queues, in one commit. */
  async drain(on: boolean, origin: Origin): Promise<void> {
    const inputs = drainInputs(this.#aggregates, on)
    if (inputs.length > 0) await this.#loop.submitTogether(inputs, { origin })
    this.#delivery.pump()
  }

  /** The external ACD has started. Sends the requests that wait for it. */
  acdIsThere(): void {
    this.#delivery.pump()
  }

  attach(side: Side, publisher: Publisher): void {
    this.#delivery.attach(side, publisher)
  }

  detach(side: Side): void {
    this.#delivery.detach(side)
  }

  /** Resolves when all notifications that can be sent now were sent. */
  delivered(): Promise<void> {
    return this.#delivery.idle()
  }

  get storeProblem(): string | undefined {
    return this.#ended ?? this.#loop.storeProblem
  }

  /** Ids of the aggregates in memory. */
  aggregateNames(): Iterable<string> {
    return this.#aggregates.names()
  }

  /** The actors of an aggregate in their current states. Empty for an unknown aggregate. */
  present(aggregate: string): readonly InspectedEvent[] {
    const found = this.#aggregates.get(aggregate)
    return found ? present(found) : []
  }

  get outboxPending(): number {
    return this.#delivery.pending
  }

  get aggregates(): number {
    return this.#aggregates.size
  }

  /** Commits the waiting inputs, then stops. */
  close(): void {
    this.#stop()
    this.#loop.close()
    // The last commits may still have outcomes.
    this.#transfers.end()
    this.#delivery.close()
  }

  /**
   * Stops at once and writes nothing more. Inputs that are under way get `EngineUnavailable` with this reason. Reads
   * still show the last state, as out of service.
   */
  abandon(reason: string): void {
    this.#ended = reason
    this.#lease.end(reason)
    this.#stop()
    this.#loop.abandon(reason)
    this.#transfers.end()
    this.#delivery.close()
  }

  // ------------------------------------------------------------------------------------------------ inside

  /** Moves all times in the state back if the clock of this start is behind the journal. */
  async #followClock(): Promise<void> {
    const { clock, log } = this.#parts
    const found = setBack(this.#aggregates, clock.now())
    if (!found) return
    log.warn(
      { seconds: found.by / 1000 },
      'the clock is behind the last entry of the journal: all times and deadlines in the state are moved back by that much',
    )
    await this.#loop.submitTogether(found.inputs, { origin: ENGINE })
  }

  /** Pause before the first deletion of old data, in ms, if the clock of this start is far ahead of the journal. */
  #pauseBeforeRetention(): number | undefined {
    const { clock, log, retention } = this.#parts
    const { journal = JOURNAL, customerData = Number.POSITIVE_INFINITY } = retention
    const by = farAhead(this.#aggregates, clock.now(), Math.min(journal, customerData))
    if (by === undefined) return undefined
    log.warn(
      { seconds: by / 1000, waitsSeconds: SECOND_LOOK / 1000 },
      'the clock is further ahead of the last entry of the journal than the retention: nothing is deleted for a day; if the clock is wrong, stop the engine, correct the clock and start again',
    )
    return SECOND_LOOK
  }

  get #isDraining(): boolean {
    return drainingSince(this.#aggregates) !== undefined
  }

  #stop(): void {
    this.#housekeeping.stop()
    this.#customerData.stop()
    this.erasures.stop()
    this.#attendance.close()
  }

  #present(): Present {
    return {
      directory: this.#parts.directory.current,
      hasDialog: (id) => isDialog(this.#aggregates, id),
      isPartyOf: (user, call) =>
        readCall(this.#aggregates, call)?.participants.some((party) => party.user === user) ?? false,
    }
  }
}
