/**
 * The parts of one running engine on the contents of a store: aggregates, loop, delivery, reads. A reset replaces the
 * core, while the front in `engine.ts` stays.
 */

import { calledOtherwise, isSignedIn } from '../../machines/index.ts'
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
import { laneOf, userOfLane } from './delivery/lanes.ts'
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
import { type FaultScope, faultInputs } from './input/fault.ts'
import { followed } from './input/followed.ts'
import type { Input, UserInputEvent } from './input.ts'
import type { InspectedEvent } from './inspection/api.ts'
import { type Probe, present } from './inspection/probe.ts'
import type { AcdEvents, Clock, Origin, Publisher, Store } from './ports.ts'
import { createReads, isDialog, readCall } from './reads.ts'
import { recover } from './recovery/recovery.ts'
import { ReturnWatch } from './recovery/return-watch.ts'
import { setBack } from './recovery/set-back.ts'
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
  readonly #returns: ReturnWatch
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
    this.#returns = new ReturnWatch({
      clock,
      graceMs: () => directory.current.settings.presenceGraceSeconds * 1000,
      awaited: (side) => this.#aggregates.users().filter((user) => this.#isAwaited(user, side)),
      isUndecided: (user, side) => this.#isUndecided(user, side),
      giveUp: (side, users) => this.#giveUp(side, users),
    })
    this.#delivery = new Delivery({
      clock: parts.deliveryClock,
      storeId: store.id,
      acd: link,
      mustWait: (lane) => {
        const of = userOfLane(lane)
        return of !== undefined && this.#isAwaited(of.user, of.side) && !this.#isThere(of.user, of.side)
      },
      mustBeHeard: (lane) => {
        const of = userOfLane(lane)
        return of !== undefined && this.#isAwaited(of.user, of.side)
      },
      unheard: () => this.#returns.look(),
      emptied: (lane) => {
        const of = userOfLane(lane)
        if (of) this.#allIsHeard(of.user, of.side)
      },
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
      returns: this.#returns,
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
    const submit: Loop['submit'] = (...given) => this.#loop.submit(...given)
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
    const inputs: Promise<unknown>[] = []
    const give = (to: string, input: Input) => inputs.push(this.#loop.submit(to, input, { origin: ENGINE }))
    const { sides } = arrangement
    for (const side of sides) this.#aggregates.open(`side/${side}`)
    for (const { to, input } of configuration(this.#aggregates, directory.current, arrangement)) give(to, input)
    for (const side of sides) {
      // Each process decides whether the side has a notification service, so the stored state may be different.
      const change = served.has(side) ? 'LOST' : 'BACK'
      if (this.#aggregates.side(side)?.isMissing('notification-service') !== (change === 'LOST'))
        give(`side/${side}`, { kind: 'side', change, dependency: 'notification-service' })
    }
    // Older versions could leave a user with calls that no event would end.
    for (const name of this.#aggregates.names()) {
      const user = name.startsWith('user/') ? this.#aggregates.pastOrPresentUser(name.slice('user/'.length)) : undefined
      if (user && calledOtherwise(user.snapshot)) give(name, { kind: 'user', event: { type: 'CALLS_FOUND' } })
    }
    for (const { id } of directory.current.users) {
      const seen = sides.filter((side) => this.#mayHavePresence(id, side))
      // A user who was connected may reconnect to any side.
      if (seen.length > 0 && !sides.every((side) => this.#isAwaited(id, side)))
        give(`user/${id}`, { kind: 'awaited', sides })
      for (const side of seen) give(`user/${id}`, { kind: 'user', event: { type: 'SERVICE_LOST', side } })
    }
    // A start ends the drain of an earlier process. This comes last, so that tasks are offered in the current state.
    for (const { to, input } of drainInputs(this.#aggregates, false)) give(to, input)
    await Promise.all(inputs)
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
      const [reply] = await Promise.all([submitted, ...this.#nobodyIsSeen(command, side)])
      const answer = answerTo(command, reply)
      return answer.outcome === 'DONE' && transfer ? transfer.answer(reply.position ?? 0) : answer
    } finally {
      transfer?.stopUnlessUnderWay()
    }
  }

  async presence({ user, side, session, available }: PresenceInput): Promise<void> {
    if (!this.#aggregates.user(user)) return
    // No session can be connected to a side that is lost.
    if (available && this.#aggregates.side(side)?.isLost) return
    const lane = laneOf(side, `user/${user}`)
    if (available) this.#delivery.arrived(lane)
    const event: UserInputEvent = { type: 'PRESENCE', side, session, available }
    const input: Input = available ? { kind: 'user', event, untilHeard: true } : { kind: 'user', event }
    await this.#loop.submit(`user/${user}`, input, { origin: { via: 'xmpp', by: session }, isFact: true })
    this.#delivery.pump()
    if (this.#delivery.waitingIn(lane).length === 0) this.#allIsHeard(user, side)
  }

  async notificationService(side: Side, available: boolean): Promise<void> {
    const change = available ? 'BACK' : 'LOST'
    const type = available ? 'SERVICE_BACK' : 'SERVICE_LOST'
    const concerned = available ? ['UNKNOWN'] : ['PRESENT', 'GRACE']
    const users = this.#parts.directory.current.users.filter(({ id }) =>
      concerned.includes(this.#presenceOf(id, side) ?? ''),
    )
    if (available) this.#returns.serviceIsBack(side)
    else this.#returns.serviceIsLost(side)
    const awaited = available ? [] : users.filter(({ id }) => !this.#isAwaited(id, side))
    const isAwaited: Input = { kind: 'awaited', sides: [side] }
    await Promise.all([
      ...awaited.map(({ id }) => this.#loop.submit(`user/${id}`, isAwaited, { origin: ENGINE, isFact: true })),
      this.#loop.submit(
        `side/${side}`,
        { kind: 'side', change, dependency: 'notification-service' },
        { origin: ENGINE, isFact: true },
      ),
      ...users.map(({ id }) => this.#toUser(id, { type, side }, ENGINE)),
    ])
    this.#delivery.pump()
  }

  async userEvent(event: UserEventInput): Promise<void> {
    const { arrangement, directory } = this.#parts
    if (arrangement.role === 'authority')
      throw new InvalidArgument('an authority takes no user events: it is the Finesse')
    if (!this.#aggregates.user(event.user)) throw new InvalidArgument(`there is no user ${event.user}`)
    for (const name of ['mrd' in event ? event.mrd : '', 'dialog' in event ? event.dialog : ''])
      if (isInherited(name)) throw new InvalidArgument(`the name "${name}" is reserved`)
    await this.#toUser(event.user, followed(event, directory.current), { via: 'finesse' })
  }

  async fault(fault: FaultInput, origin: Origin): Promise<void> {
    if (!this.#parts.arrangement.sides.includes(fault.side)) throw new InvalidArgument(`there is no side ${fault.side}`)
    // Submitted together, so that one commit has the failure and its consequences.
    const inputs = faultInputs(fault, this.#faultScope())
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
    this.#returns.close()
    this.#transfers.end()
  }

  /** Submits an event of a user as a fact. */
  async #toUser(user: string, event: UserInputEvent, origin: Origin): Promise<void> {
    await this.#loop.submit(`user/${user}`, { kind: 'user', event }, { origin, isFact: true })
  }

  #isAwaited(user: string, side: Side): boolean {
    return this.#aggregates.user(user)?.isAwaited(side) ?? false
  }

  #isThere(user: string, side: Side): boolean {
    return this.#aggregates.user(user)?.isThere(side) ?? false
  }

  /** Can the user still come back to the side, or is the user getting the waiting notifications now? */
  #isUndecided(user: string, side: Side): boolean {
    const lane = laneOf(side, `user/${user}`)
    if (['GRACE', 'UNKNOWN'].includes(this.#presenceOf(user, side) ?? '')) return true
    return this.#delivery.isBusy(lane) || (this.#isThere(user, side) && this.#delivery.isTried(lane))
  }

  /** The lane of the user on this side is empty. If the user was awaited and is connected, the wait ends. */
  #allIsHeard(user: string, side: Side): void {
    if (!this.#isAwaited(user, side) || !this.#isThere(user, side)) return
    const elsewhere = this.#parts.arrangement.sides.filter((each) => each !== side && !this.#isThere(user, each))
    const missed = elsewhere.flatMap((each) => this.#delivery.waitingIn(laneOf(each, `user/${user}`)))
    this.#loop.submit(`user/${user}`, { kind: 'heard', missed }, { origin: ENGINE, isFact: true }).then(
      () => this.#delivery.pump(),
      // The core has stopped. The user stays awaited, and the next start continues.
      () => undefined,
    )
  }

  /**
   * Ends the wait for these users. Their waiting notifications are sent although no session of the user gets them. The
   * journal records which ones the users missed.
   */
  async #giveUp(side: Side, users: readonly string[]): Promise<void> {
    const given = users.map((user) => {
      const missed = this.#delivery.waitingIn(laneOf(side, `user/${user}`))
      const isDeaf = this.#isThere(user, side)
      const input: Input = isDeaf ? { kind: 'heard', missed } : { kind: 'notBack', side, missed }
      return this.#loop.submit(`user/${user}`, input, { origin: ENGINE, isFact: true })
    })
    await Promise.all(given)
    this.#delivery.pump()
  }

  /**
   * An extra input for a sign-in while the side has no notification service. If sign-ins require presence, a sign-in
   * begins the grace period. But the user cannot connect, so the grace period has to begin when the service is back.
   */
  #nobodyIsSeen({ type, user }: Command, side: Side): readonly Promise<void>[] {
    const { requirePresenceAfterSignIn } = this.#parts.directory.current.settings
    const isSignIn = type === 'user.signIn' || type === 'media.signIn'
    const isMissing = this.#aggregates.side(side)?.isMissing('notification-service')
    if (!requirePresenceAfterSignIn || !isSignIn || !isMissing) return []
    return [this.#toUser(user, { type: 'SERVICE_LOST', side }, ENGINE)]
  }

  #faultScope(): FaultScope {
    const { directory, arrangement } = this.#parts
    const users = directory.current.users.map((user) => user.id)
    const hasTwoSides = arrangement.sides.length > 1
    const working = users.filter((id) => {
      if (hasTwoSides) return true
      const user = this.#aggregates.user(id)
      const isWaitedFor = arrangement.sides.some((side) => this.#presenceOf(id, side) === 'GRACE')
      return user && (isSignedIn(user.snapshot) || isWaitedFor)
    })
    const queues = this.#aggregates.queues().map((queue) => queue.mrd)
    const sides = arrangement.sides.map((side) => ({ side, missing: this.#aggregates.side(side)?.missing ?? [] }))
    return { users, working, queues, sides }
  }

  #present(): Present {
    return {
      directory: this.#parts.directory.current,
      hasDialog: (id) => isDialog(this.#aggregates, id),
      isPartyOf: (user, call) =>
        readCall(this.#aggregates, call)?.participants.some((party) => party.user === user) ?? false,
    }
  }

  #presenceOf(user: string, side: Side): string | undefined {
    return this.#aggregates.user(user)?.snapshot.context.presence[side]?.getSnapshot().value
  }

  #mayHavePresence(user: string, side: Side): boolean {
    return ['PRESENT', 'GRACE', 'UNKNOWN'].includes(this.#presenceOf(user, side) ?? '')
  }
}
