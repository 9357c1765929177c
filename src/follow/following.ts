/**
 * Follows: takes what a Finesse tells, gives the states to the machines, and keeps the newest documents for reads. It
 * decides nothing. Everything is applied in the order in which it came, after its commit.
 */
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import { contained } from '../engine/contained.ts'
import { Complaints } from '../engine/delivery/complaints.ts'
import type { EngineEvents } from '../engine/events.ts'
import type { Clock, Origin } from '../engine/ports.ts'
import type { MediaValue, SystemInfoValue } from '../engine/values.ts'
import { Certainties } from './certainty.ts'
import { idAfter } from './events/paths.ts'
import type { Reading } from './events/reading.ts'
import type { SystemInfoDocument } from './events/system.ts'
import { readUpdate, type Told, type Update } from './events/update.ts'
import { machineEventOf } from './machine-event.ts'
import { notificationOf, placeOf } from './notification.ts'
import { Picture } from './picture.ts'
import { differences, type Reader, readFound, subjectOf } from './read-user.ts'
import { Resyncs } from './resyncs.ts'
import type { Urgency } from './upstream/budget.ts'
import type { FollowLimits } from './upstream/limits.ts'
import type { Delivered } from './upstream/session.ts'

export interface FollowingOptions {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: FollowLimits
  readonly random: () => number
  /** The REST client of the side that is followed now. */
  readonly rest: () => Reader
  /** The account that reads this user. */
  readonly readerOf: (user: string) => string | undefined
  /** Do notifications of media and dialogs of this user come? Otherwise they are read regularly. */
  readonly isNotified: (user: string) => boolean
  /** Will a session of this user be opened? Its notifications come only then, so the user is read after that. */
  readonly expectsSession: (user: string) => boolean
  /** Reads fail although the side seems to work. */
  readonly suspect: () => void
  /** A member of a followed team that is not followed yet, or a user that was deleted. */
  readonly strangers: () => void
  /** The user was read for the first time since the move to another side. */
  readonly moved: (user: string) => void
  readonly emit: <E extends 'notification' | 'committed'>(event: E, value: Parameters<EngineEvents[E]>[0]) => void
  readonly onUpdate?: ((update: Update) => void) | undefined
  /** Called after each thing that was applied. */
  readonly applied: (told: Told, update: Pick<Update, 'requestId'>) => void
}

/** Numbers of a follower. Counters begin at 0 when it starts. */
export interface FollowFigures {
  readonly notifications: number
  /** Notifications that could not be read. Their user was read by GET instead. */
  readonly unreadable: number
  /** Values of known elements that the contract does not have. */
  readonly strange: number
  /** The same notification again, at another session. */
  readonly repeated: number
  /** Times without a connection, or out of service. */
  readonly gaps: number
  /** Changes that no notification told, and that a read found. */
  readonly missed: number
  /** Steps that the charts do not have. They were accepted. */
  readonly flagged: number
  readonly resyncs: number
  readonly failedResyncs: number
  /** Milliseconds that the newest resync of all users took; `null` before the first one. */
  readonly lastResyncMs: number | null
}

/** How many ids of notifications are kept, to recognise a repeated one. */
const REMEMBERED = 10_000
/** How often a read is repeated at once because notifications came meanwhile. */
const ROUNDS = 3

export class Following {
  readonly picture = new Picture()
  readonly certainties = new Certainties()
  readonly resyncs: Resyncs
  readonly #options: FollowingOptions
  readonly #counts = {
    notifications: 0,
    unreadable: 0,
    strange: 0,
    repeated: 0,
    gaps: 0,
    missed: 0,
    flagged: 0,
    resyncs: 0,
    failedResyncs: 0,
  }
  readonly #items = new Set<string>()
  readonly #complaints: Complaints
  /** Per user and subject: number of the newest thing that was told. */
  readonly #told = new Map<string, Map<string, number>>()
  #number = 0
  #made = 0
  #position = 0
  #tail: Promise<void> = Promise.resolve()
  #side: Side = 'A'
  #isUp = false
  #upSince = 0
  /** Grows with each connection. A read that began before one does not count after it. */
  #connection = 0
  #lastResyncMs: number | null = null
  #system: SystemInfoValue | undefined
  #cancelPoll: () => void = () => undefined
  #users: readonly string[] = []
  #polled = 0
  /** Users that were not read yet since the move to another side. */
  #toMove = new Set<string>()
  /** Users of whom notifications may have been missed, and since when. */
  readonly #gaps = new Map<string, number>()

  constructor(options: FollowingOptions) {
    this.#options = options
    const { clock, limits, random, engine } = options
    this.#complaints = new Complaints(() => clock.now())
    this.resyncs = new Resyncs(
      {
        resync: (user, urgency) => this.#resync(user, urgency),
        failed: (user, error) => this.#failed(user, error),
      },
      clock,
      limits,
      random,
    )
    engine.on('flagged', () => {
      this.#counts.flagged += 1
    })
    engine.on('notification', ({ position }) => {
      this.#position = position
    })
  }

  get figures(): FollowFigures {
    return { ...this.#counts, lastResyncMs: this.#lastResyncMs }
  }

  get system(): SystemInfoValue | undefined {
    return this.#system
  }

  get users(): readonly string[] {
    return this.#users
  }

  /** What was told up to now is applied. */
  get settled(): Promise<void> {
    return this.#tail
  }

  /** The users that are followed from now on. New ones are read at once. */
  follow(users: readonly string[]): void {
    const now = this.#options.clock.now()
    const wanted = new Set(users)
    for (const gone of this.#users.filter((user) => !wanted.has(user))) {
      this.picture.forget(gone)
      this.certainties.forget(gone)
      this.#told.delete(gone)
      this.#gaps.delete(gone)
    }
    const added = users.filter((user) => this.certainties.of(user) === undefined)
    this.#users = users
    for (const user of added) {
      this.certainties.stale(user, now)
      if (this.#isUp) this.#begin(user)
    }
  }

  /** A user with a session of its own is read when that is up. Until then, or if it never is, the regular reads count. */
  #begin(user: string): void {
    if (!this.#options.expectsSession(user) || this.#options.isNotified(user)) this.resync(user)
    else this.certainties.resyncing(user, this.#options.clock.now())
  }

  /** The session of the user is up, or lost: notifications may be missed from now on. */
  session(user: string, isUp: boolean): void {
    if (!this.#isUp || !this.certainties.of(user)) return
    if (isUp) return this.resync(user)
    this.#noteGap(user)
    this.#readSoon(user)
  }

  #noteGap(user: string): void {
    if (!this.#gaps.has(user)) this.#gaps.set(user, this.#options.clock.now())
  }

  /** `moved`: another side than before. */
  up(side: Side, moved: boolean): void {
    const { clock } = this.#options
    if (moved) this.#toMove = new Set(this.#users)
    this.#side = side
    this.#isUp = true
    this.#upSince = clock.now()
    this.#connection += 1
    this.resyncs.open()
    for (const user of this.#users) this.#begin(user)
    this.#poll()
  }

  down(why: string): void {
    const { clock, logger } = this.#options
    if (this.#isUp) {
      this.#counts.gaps += 1
      logger.warn({ side: this.#side, why }, 'the followed Finesse cannot be followed now: reads are stale')
    }
    this.#isUp = false
    this.resyncs.close()
    this.#cancelPoll()
    for (const user of this.#users) {
      if (this.certainties.of(user)?.proof !== null) this.#noteGap(user)
      this.certainties.stale(user, clock.now())
    }
    this.#emitCommitted(this.#users)
  }

  close(): void {
    this.#isUp = false
    this.resyncs.close()
    this.#cancelPoll()
  }

  /** The user is not certain any more and is read again. */
  resync(user: string): void {
    this.certainties.resyncing(user, this.#options.clock.now())
    this.resyncs.wish(user)
  }

  /** Reads the user once, now. Rejects if that fails. */
  async lookAt(user: string): Promise<void> {
    await this.#resync(user, 'command')
  }

  noteSystem({ value }: SystemInfoDocument): void {
    this.#system = value
  }

  /** A notification came. */
  notified({ node, item, document }: Delivered, side: Side): Update | undefined {
    if (this.#isRepeated(item)) return undefined
    this.#counts.notifications += 1
    const owner = idAfter(node, 'User')
    let update: Update
    try {
      update = readUpdate(document, node, this.reading(side), this.#system?.platform)
    } catch (error) {
      this.#counts.unreadable += 1
      this.#complaints.about('notifications', (since) =>
        this.#options.logger.warn(
          { node, err: textOf(error), ...since },
          'a notification cannot be read: its user is read instead',
        ),
      )
      if (this.certainties.of(owner)) {
        this.#noteGap(owner)
        this.resync(owner)
      }
      return undefined
    }
    contained(() => this.#options.onUpdate?.(update))
    const { told } = update
    if (told.kind === 'other' && this.certainties.of(owner)) this.resync(owner)
    if (told.kind === 'systemInfo') this.#system = told.value
    void this.take(told, update, item, { via: 'finesse', by: side })
    const user = userOf(told)
    // What the session of a watching account is told about a user is only that something has changed.
    if (told.kind === 'summary' && user && !this.#options.isNotified(user)) this.resyncs.wish(user, 'hint')
    return update
  }

  reading(side: Side = this.#side): Reading {
    return {
      side,
      agentAt: (extension) => this.picture.agentAt(extension),
      strange: (where, value) => {
        this.#counts.strange += 1
        this.#complaints.about(where, (since) =>
          this.#options.logger.warn(
            { where, value: value.slice(0, 50), ...since },
            'a value that the contract does not have',
          ),
        )
      },
    }
  }

  /** Applies what was told, in its turn. Resolves when reads show it. Never rejects. */
  take(told: Told, place: Omit<Update, 'told' | 'data'>, item: string, origin: Origin): Promise<void> {
    const user = userOf(told)
    if (told.kind === 'userDeleted') this.#options.strangers()
    if (user !== undefined && !this.certainties.of(user)) {
      if (told.kind === 'summary') this.#options.strangers()
      return Promise.resolve()
    }
    const { engine } = this.#options
    if (user !== undefined) this.#note(user, subjectOf(told))
    const event = machineEventOf(told)
    const submitted = event ? engine.userEvent(event, origin) : Promise.resolve()
    const committed = submitted.then(
      () => true,
      (error: unknown) => {
        this.#options.logger.error({ err: textOf(error), user }, 'the engine did not take an event: it is read again')
        return false
      },
    )
    this.#tail = Promise.all([committed, this.#tail]).then(([isCommitted]) => {
      // A failure here must not stop what comes later.
      if (isCommitted)
        contained(
          () => this.#apply(told, place, item),
          (error) => this.#notApplied(user, error),
        )
      else if (user !== undefined && this.#isUp) this.resync(user)
    })
    return this.#tail
  }

  #notApplied(user: string | undefined, error: unknown): void {
    this.#options.logger.error({ err: error, user }, 'what was told could not be applied: the user is read again')
    if (user !== undefined && this.#isUp) this.resync(user)
  }

  #apply(told: Told, place: Omit<Update, 'told' | 'data'>, item: string): void {
    const { emit, clock } = this.#options
    const user = userOf(told)
    const known = user === undefined ? undefined : this.picture.of(user)?.user
    const notification = notificationOf(told, place, known)
    if (told.kind === 'media' && this.#isInterrupt(told.value)) this.#readSoon(told.value.user)
    this.picture.take(told)
    if (user !== undefined) this.certainties.proved(user, clock.now())
    if (notification) emit('notification', { ...notification, itemId: item, position: this.#position })
    this.#options.applied(told, place)
    if (user !== undefined) this.#emitCommitted([user])
  }

  /**
   * When a medium becomes INTERRUPTED, or leaves that state, its dialogs change too, and Finesse sends no notification of
   * them (`notifications 8.6`).
   */
  #isInterrupt({ user, id, status }: MediaValue): boolean {
    const known = this.picture.of(user)
    const before = known?.media.get(id)?.status?.state
    const isChanged = (before === 'INTERRUPTED') !== (status?.state === 'INTERRUPTED')
    return isChanged && [...(known?.dialogs.values() ?? [])].some((each) => each.kind === 'task' && each.mrd === id)
  }

  #readSoon(user: string): void {
    if (!this.#isUp) return
    this.certainties.resyncing(user, this.#options.clock.now())
    this.resyncs.wish(user, 'hint')
  }

  #emitCommitted(users: readonly string[]): void {
    if (users.length > 0) this.#options.emit('committed', { aggregates: users.map((user) => `user/${user}`) })
  }

  // ------------------------------------------------------------------------------------------------ reads

  async #resync(user: string, urgency: Urgency): Promise<void> {
    const { clock, rest, readerOf } = this.#options
    const connection = this.#connection
    for (let round = 1; ; round += 1) {
      const before = this.#number
      const known = this.picture.of(user)
      const as = { own: readerOf(user), urgency }
      const found = await readFound(rest(), user, as, this.reading(), known?.dialogs.values() ?? [])
      await this.#tail
      if (!this.#isUp || connection !== this.#connection || !this.certainties.of(user)) return
      if (!found) {
        this.#options.logger.warn({ user }, 'the followed Finesse has no such user')
        return
      }
      const told = this.#told.get(user)
      const all = differences(found, this.picture.of(user))
      const settled = all.filter((each) => (told?.get(subjectOf(each)) ?? 0) <= before)
      await this.#takeOver(user, settled, urgency)
      if (settled.length === all.length || round === ROUNDS) break
    }
    this.#counts.resyncs += 1
    this.certainties.live(user, clock.now())
    this.#gaps.delete(user)
    if (this.#toMove.delete(user)) this.#options.moved(user)
    if (this.#lastResyncMs === null || this.certainties.count('live') === this.#users.length)
      this.#lastResyncMs = clock.now() - this.#upSince
    this.#emitCommitted([user])
  }

  /** Differences were missed if there was a gap. Without one, their notifications are on their way, or never come. */
  async #takeOver(user: string, found: readonly Told[], urgency: Urgency): Promise<void> {
    const { clock } = this.#options
    const proof = this.certainties.of(user)?.proof ?? null
    const isMissed = this.#gaps.has(user) || urgency === 'command'
    const window = isMissed && proof !== null ? { from: proof, to: clock.now() } : undefined
    await Promise.all(
      found.map((told) => {
        const missed = window ? { missed: window } : {}
        if (window) this.#counts.missed += 1
        this.#made += 1
        return this.take(told, placeOf(told), `read-${this.#made}`, { via: 'finesse', by: this.#side, ...missed })
      }),
    )
  }

  #failed(user: string, error: unknown): void {
    this.#counts.failedResyncs += 1
    // Thousands of users may fail for the same reason.
    this.#complaints.about('reads', (since) =>
      this.#options.logger.warn({ user, err: textOf(error), ...since }, 'a user could not be read: it is tried again'),
    )
    this.#options.suspect()
  }

  /** Reads the users whose media and dialogs come by no notification, one after the other, spread over the time. */
  #poll(): void {
    const { clock, limits } = this.#options
    this.#cancelPoll()
    const users = this.#users.filter((user) => !this.#options.isNotified(user))
    const pause = users.length === 0 ? limits.pollEveryMs : Math.max(1, limits.pollEveryMs / users.length)
    this.#cancelPoll = clock.at(clock.now() + pause, () => {
      const next = users[this.#polled % Math.max(1, users.length)]
      this.#polled += 1
      if (next !== undefined && this.resyncs.pending < this.#users.length) this.resyncs.wish(next, 'poll')
      if (this.#isUp) this.#poll()
    })
  }

  #note(user: string, subject: string): void {
    this.#number += 1
    const known = this.#told.get(user) ?? new Map<string, number>()
    this.#told.set(user, known)
    if (subject !== '') known.set(subject, this.#number)
    // A user has few media, but any number of dialogs over time.
    if (known.size > 1000) known.delete(known.keys().next().value ?? '')
  }

  #isRepeated(item: string): boolean {
    if (item === '') return false
    if (this.#items.has(item)) {
      this.#counts.repeated += 1
      return true
    }
    this.#items.add(item)
    if (this.#items.size > REMEMBERED) this.#items.delete(this.#items.values().next().value ?? '')
    return false
  }
}

/** The followed user whom it is about; `undefined` for queues, SystemInfo and others. */
function userOf(told: Told): string | undefined {
  switch (told.kind) {
    case 'user':
    case 'summary':
      return told.value.id
    case 'media':
    case 'queues':
      return told.value.user
    case 'userDeleted':
    case 'dialog':
    case 'error':
      return told.user === '' ? undefined : told.user
    default:
      return undefined
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
