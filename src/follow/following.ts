/**
 * Follows: takes what a Finesse tells, gives the states to the machines, and keeps the newest documents for reads. It
 * decides nothing. Everything is applied in the order in which it came, after its commit.
 */
import type { Side } from '../../machines/wire.ts'
import { contained } from '../engine/contained.ts'
import { Complaints } from '../engine/delivery/complaints.ts'
import type { MediaValue, SystemInfoValue } from '../engine/values.ts'
import { Applier, type ApplierOptions, type Item, textOf } from './applier.ts'
import { Certainties } from './certainty.ts'
import { idAfter } from './events/paths.ts'
import type { Reading } from './events/reading.ts'
import type { SystemInfoDocument } from './events/system.ts'
import type { Told, Update } from './events/update.ts'
import { type FollowFigures, noCounts } from './figures.ts'
import { fits } from './fits.ts'
import { Gaps } from './gaps.ts'
import type { FirstRead } from './memory.ts'
import { Picture } from './picture.ts'
import { Polling } from './polling.ts'
import { Receiver } from './receiver.ts'
import { Rereads, type RereadsOptions } from './rereads.ts'
import { Resyncs } from './resyncs.ts'
import { Subjects, userOf } from './subject.ts'
import type { Urgency } from './upstream/budget.ts'
import type { FollowLimits } from './upstream/limits.ts'
import type { Delivered } from './upstream/session.ts'

export interface FollowingOptions
  extends Pick<ApplierOptions, 'engine' | 'clock' | 'logger' | 'emit' | 'applied'>,
    Pick<RereadsOptions, 'rest' | 'readersOf' | 'teamReaders' | 'isNotified'> {
  readonly limits: FollowLimits
  readonly random: () => number
  /** Will a session of this user be opened? Its notifications come only then, so the user is read after that. */
  readonly expectsSession: (user: string) => boolean
  /** Reads fail although the side seems to work. */
  readonly suspect: () => void
  /** A member of a followed team that is not followed yet, or a user that was deleted. */
  readonly strangers: () => void
  /** The user was read for the first time since the move to another side. */
  readonly moved: (user: string) => void
  readonly onUpdate?: ((update: Update) => void) | undefined
}

/** User, media, calls, and the tasks of two media. */
const REQUESTS_OF_A_READ = 5
/** The part of the budget that regular reads may use. */
const SHARE_OF_POLLING = 0.5
/** How long a notification may be on its way after a read has found its change, in ms. */
const ON_THE_WAY_MS = 2000

export class Following {
  readonly picture = new Picture()
  readonly certainties = new Certainties()
  readonly resyncs: Resyncs
  readonly #options: FollowingOptions
  readonly #counts = noCounts()
  readonly #subjects = new Subjects()
  readonly #gaps = new Gaps()
  readonly #complaints: Complaints
  readonly #receiver: Receiver
  readonly #applier: Applier
  readonly #rereads: Rereads
  /** Users whose media and dialogs come by no notification, and in long intervals the others. */
  readonly #pollings: readonly Polling[]
  #side: Side = 'A'
  #isUp = false
  #upSince = 0
  #connection = 0
  #lastResyncMs: number | null = null
  #isResynced = false
  #system: SystemInfoValue | undefined
  #users: readonly string[] = []
  /** Users that were not read yet since the move to another side. */
  #toMove = new Set<string>()

  constructor(options: FollowingOptions) {
    this.#options = options
    const { clock, limits, random, engine, isNotified } = options
    this.#complaints = new Complaints(() => clock.now())
    const host = {
      resync: (user: string, urgency: Urgency) => this.#read(user, urgency),
      failed: (user: string, error: unknown) => this.#failed(user, error),
    }
    this.resyncs = new Resyncs(host, clock, limits, random)
    const shared = {
      ...options,
      picture: this.picture,
      certainties: this.certainties,
      subjects: this.#subjects,
      gaps: this.#gaps,
    }
    this.#receiver = new Receiver({ ...shared, counts: this.#counts })
    this.#applier = new Applier({
      ...shared,
      applying: (item, wasTold) => this.#applying(item, wasTold),
      failed: (user) => this.#doubt(user),
    })
    const leastPauseMs = (1000 * REQUESTS_OF_A_READ) / (limits.requestsPerSecond * SHARE_OF_POLLING)
    this.#rereads = new Rereads({
      ...shared,
      longestPollMs: () => Math.max(limits.pollEveryMs, this.#users.length * leastPauseMs),
      applier: this.#applier,
      reading: () => this.reading(),
      connection: () => (this.#isUp ? this.#connection : undefined),
      missed: (changes) => {
        this.#counts.missed += changes
      },
      isGone: options.strangers,
    })
    const polling = (everyMs: number, isMeant: (user: string) => boolean) =>
      new Polling({
        clock,
        everyMs,
        leastPauseMs,
        users: () => this.#users.filter(isMeant),
        read: (user) => {
          if (this.resyncs.pending < this.#users.length) this.resyncs.wish(user, 'poll')
        },
      })
    this.#pollings = [
      polling(limits.pollEveryMs, (user) => !isNotified(user)),
      polling(limits.checkEveryMs, isNotified),
    ]
    engine.on('flagged', ({ aggregate }) => this.#flagged(aggregate))
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

  /** Users whose media and tasks no account may read. */
  get partly(): ReadonlySet<string> {
    return this.#rereads.partly
  }

  /** What was told up to now is applied. */
  get settled(): Promise<void> {
    return this.#applier.settled
  }

  /** The users that are followed from now on. New ones are read at once. */
  follow(users: readonly string[], read: ReadonlyMap<string, FirstRead>): void {
    const now = this.#options.clock.now()
    const wanted = new Set(users)
    for (const gone of this.#users.filter((user) => !wanted.has(user))) {
      this.picture.forget(gone)
      this.certainties.forget(gone)
      this.#subjects.forget(gone)
      this.#gaps.end(gone)
      this.#rereads.forget(gone)
    }
    const added = users.filter((user) => this.certainties.of(user) === undefined)
    this.#users = users
    const isAdded = new Set(added)
    // A session of the agent tells nothing of what changed before it, so then the user is read after that.
    this.#rereads.keepFirst([...read].filter(([user]) => isAdded.has(user) && !this.#options.expectsSession(user)))
    for (const user of added) {
      this.certainties.stale(user, now)
      if (this.#isUp) this.#begin(user)
    }
  }

  /** The newest documents of a user, if they are sure and complete. */
  known(user: string): FirstRead | undefined {
    const certainty = this.certainties.of(user)
    const { user: value, media } = this.picture.of(user) ?? {}
    if (certainty?.state !== 'live' || !value || !media || this.partly.has(user)) return undefined
    return { user: value, media: [...media.values()], at: certainty.proof }
  }

  /** What the machines know of this user comes from an earlier run, whose newest proof was then. */
  recall(user: string, proof: number): void {
    const { engine, clock } = this.#options
    const value = engine.get.user(user)
    if (!value || !this.certainties.of(user)) return
    const told = (each: Told) => this.picture.take(each)
    told({ kind: 'user', value })
    for (const each of engine.get.mediaList(user) ?? []) told({ kind: 'media', value: each })
    for (const each of engine.get.dialogs(user, 'all') ?? [])
      told({ kind: 'dialog', change: 'added', user, value: each })
    this.certainties.proved(user, proof)
    this.#gaps.note(user, clock.now())
    this.#rereads.recalled(user)
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
    this.#gaps.note(user, this.#options.clock.now())
    this.#readSoon(user)
  }

  /** `moved`: another side than before. */
  up(side: Side, moved: boolean): void {
    if (moved) this.#toMove = new Set(this.#users)
    this.#options.logger.info({ side, users: this.#users.length, moved }, 'the Finesse is followed: its users are read')
    this.#side = side
    this.#isUp = true
    this.#upSince = this.#options.clock.now()
    this.#connection += 1
    this.#isResynced = false
    this.#rereads.connected()
    this.resyncs.open()
    for (const user of this.#users) this.#begin(user)
    for (const polling of this.#pollings) polling.start()
  }

  down(why: string): void {
    const { clock, logger } = this.#options
    if (this.#isUp) {
      this.#counts.gaps += 1
      logger.warn({ side: this.#side, why }, 'the followed Finesse cannot be followed now: reads are stale')
    }
    this.close()
    for (const user of this.#users) {
      if (this.certainties.of(user)?.proof !== null) this.#gaps.note(user, clock.now())
      this.certainties.stale(user, clock.now())
    }
    this.#applier.committed(this.#users)
  }

  close(): void {
    this.#isUp = false
    this.resyncs.close()
    for (const polling of this.#pollings) polling.stop()
  }

  /** The user is not certain any more and is read again. */
  resync(user: string): void {
    this.certainties.resyncing(user, this.#options.clock.now())
    this.resyncs.wish(user)
  }

  /** Reads the user once, now. Rejects if that fails. */
  async lookAt(user: string): Promise<void> {
    await this.#read(user, 'command')
  }

  noteSystem({ value }: SystemInfoDocument): void {
    this.#system = value
  }

  /** A notification came. */
  notified(delivered: Delivered, side: Side): Update | undefined {
    const owner = idAfter(delivered.node, 'User')
    const update = this.#receiver.receive(delivered, side, this.#system?.platform)
    if (update === 'unreadable') this.#doubt(owner)
    if (typeof update === 'string') return undefined
    contained(() => this.#options.onUpdate?.(update))
    const { told } = update
    if (told.kind === 'other' && this.certainties.of(owner)) this.resync(owner)
    if (told.kind === 'systemInfo') this.#system = told.value
    if (this.#isFollowed(told))
      void this.#applier.take({ told, place: update, id: delivered.item, origin: { via: 'finesse', by: side } })
    return update
  }

  reading(): Reading {
    return this.#receiver.reading(this.#side)
  }

  /** About nobody, or about somebody who is followed. Others may have come to a followed team. */
  #isFollowed(told: Told): boolean {
    const user = userOf(told)
    if (told.kind === 'userDeleted') this.#options.strangers()
    if (user === undefined) return true
    if (!this.certainties.of(user)) {
      if (told.kind === 'summary') this.#options.strangers()
      return false
    }
    // What the session of a watching account is told about a user is only that something has changed.
    if (told.kind === 'summary' && !this.#options.isNotified(user)) this.resyncs.wish(user, 'hint')
    return true
  }

  /** Something did not fit, so notifications may have been missed: the user is read again. */
  #doubt(user: string): void {
    if (!this.#isUp || !this.certainties.of(user)) return
    this.#gaps.note(user, this.#options.clock.now())
    this.resync(user)
  }

  #flagged(aggregate: string): void {
    this.#counts.flagged += 1
    const user = aggregate.slice(aggregate.indexOf('/') + 1)
    // A read tells a state, and not the steps to it.
    if (!this.#rereads.isTakingOver(user)) this.#doubt(user)
  }

  /**
   * When a medium becomes INTERRUPTED, or leaves that state, its dialogs change too, and Finesse sends no notification of
   * them (`notifications 8.6`).
   */
  #applying({ told, isRead = false }: Item, wasTold: boolean): void {
    const user = userOf(told)
    if (user !== undefined && !isRead && !fits(told, this.picture.of(user), wasTold)) this.#doubt(user)
    if (told.kind === 'media' && this.#isInterrupt(told.value)) this.#readSoon(told.value.user)
  }

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

  // ------------------------------------------------------------------------------------------------ reads

  async #read(user: string, urgency: Urgency): Promise<void> {
    const caught = await this.#rereads.read(user, urgency)
    if (caught === 'doubtful') this.resyncs.wishLater(user, ON_THE_WAY_MS)
    if (caught !== 'live') return
    this.#counts.resyncs += 1
    if (this.#toMove.delete(user)) this.#options.moved(user)
    this.#noteResync()
    this.#applier.committed([user])
  }

  /** Regular reads go on when all users are live, so only the first time of each connection counts. */
  #noteResync(): void {
    if (this.#isResynced || this.certainties.count('live') < this.#users.length) return
    this.#isResynced = true
    this.#lastResyncMs = this.#options.clock.now() - this.#upSince
  }

  #failed(user: string, error: unknown): void {
    this.#counts.failedResyncs += 1
    // Thousands of users may fail for the same reason.
    this.#complaints.about('reads', (since) =>
      this.#options.logger.warn({ user, err: textOf(error), ...since }, 'a user could not be read: it is tried again'),
    )
    this.#options.suspect()
  }
}
