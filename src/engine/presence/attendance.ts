/**
 * Which users are connected, and which are awaited. A user is awaited after a restart, or after the loss of the
 * notification service, if the user was connected until then or until a moment before. Then the user's notifications
 * wait until a session has got them, or until the grace period is over.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { PresenceInput } from '../api.ts'
import type { Command } from '../commands.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { laneOf, userOfLane } from '../delivery/lanes.ts'
import type { Submit } from '../input/inbox.ts'
import type { Input, UserInputEvent } from '../input.ts'
import type { EngineLog } from '../log.ts'
import type { Clock, Origin } from '../ports.ts'
import { AwaitedServices } from './awaited-services.ts'
import { AT_ONCE, FormerSessions, formerUsers } from './former-sessions.ts'
import { JustGone } from './just-gone.ts'
import { ReturnWatch } from './return-watch.ts'
import { isAwaited, isThere, presenceOf } from './users.ts'

export interface AttendanceParts {
  readonly aggregates: Aggregates
  readonly directory: DirectoryInForce
  readonly sides: readonly Side[]
  /** Sides that have, or will get, a notification service. */
  readonly served: ReadonlySet<Side>
  readonly clock: Clock
  readonly log: EngineLog
  readonly submit: Submit
  /** A function, because the delivery is created after this object: it needs `mustWait`. */
  delivery(): Delivery
}

const ENGINE: Origin = { via: 'engine' }
const USER = 'user/'

/** So long after the start those who were connected get their inputs, in ms: until then the program opens its ports. */
const FIRST_TIME = 500

export class Attendance {
  readonly #parts: AttendanceParts
  readonly #returns: ReturnWatch
  readonly #services: AwaitedServices
  readonly #justGone = new JustGone()
  readonly #former: FormerSessions
  #cancel: () => void = () => undefined
  /** Sides whose notification service is available. */
  readonly #available = new Set<Side>()

  constructor(parts: AttendanceParts) {
    this.#parts = parts
    const { aggregates, clock, directory, sides, served } = parts
    const graceMs = () => directory.current.settings.presenceGraceSeconds * 1000
    this.#services = new AwaitedServices({
      aggregates,
      sides,
      served,
      clock,
      graceMs,
      giveUp: (side) => void this.#stopKeeping(side),
    })
    this.#returns = new ReturnWatch({
      clock,
      graceMs,
      awaited: (side) => aggregates.users().filter((user) => this.#isAwaited(user, side)),
      isUndecided: (user, side) => this.#former.has(user) || this.#isUndecided(user, side),
      giveUp: (side, users) => this.#giveUp(side, users),
    })
    this.#former = new FormerSessions({
      aggregates,
      sides,
      isBack: (side) => this.#available.has(side),
      submit: ({ to, input }) => this.#fact(to, input),
      settled: (users) => this.#areKnown(users),
    })
  }

  /**
   * Finds the users who were connected when the last process ended. Returns the first of them: the start gives them their
   * inputs. The others get theirs after it. To be called before anything is sent.
   */
  former(): readonly string[] {
    const { aggregates, directory, sides } = this.#parts
    const ids = directory.current.users.map(({ id }) => id)
    const all = formerUsers(aggregates, ids, sides)
    this.#former.note(all.slice(AT_ONCE))
    return all.slice(0, AT_ONCE)
  }

  /** Is a user awaited of whom the state does not say so yet? */
  get isFindingOut(): boolean {
    return this.#former.isAnybody
  }

  /** To be called at the end of the start. */
  start(): void {
    const { clock } = this.#parts
    if (!this.#former.isAnybody) return this.#services.start()
    this.#cancel = clock.at(clock.now() + FIRST_TIME, () => {
      this.#former.giveAll().then(
        () => this.#services.start(),
        // The core has stopped. The next start finds the rest of them.
        () => undefined,
      )
    })
  }

  /** Is a notification of this side kept until a notification service has accepted it? */
  keepsFor(side: Side): boolean {
    return this.#parts.served.has(side) || this.#services.has(side)
  }

  /** A session of a user becomes available or unavailable. */
  async presence({ user, side, session, available }: PresenceInput): Promise<void> {
    const { aggregates, submit } = this.#parts
    if (!aggregates.user(user)) return
    // No session can be connected to a side that is lost.
    if (available && aggregates.side(side)?.isLost) return
    const delivery = this.#parts.delivery()
    const lane = laneOf(side, `user/${user}`)
    this.#former.first(user)
    if (available) delivery.arrived(lane)
    const event: UserInputEvent = { type: 'PRESENCE', side, session, available }
    const input: Input = available ? { kind: 'user', event, untilHeard: true } : { kind: 'user', event }
    const wasThere = isThere(aggregates, user, side)
    await submit(`user/${user}`, input, { origin: { via: 'xmpp', by: session }, isFact: true })
    if (isThere(aggregates, user, side)) this.#justGone.came(user, side)
    else if (wasThere) this.#justGone.left(user, side, this.#parts.clock.now())
    delivery.pump([lane])
    if (delivery.waitingIn(lane).length === 0) this.#endWaitIfConnected(user, side)
  }

  /** The notification service of a side becomes available or unavailable. */
  async notificationService(side: Side, available: boolean): Promise<void> {
    const { aggregates, clock, directory } = this.#parts
    const change = available ? 'BACK' : 'LOST'
    const type = available ? 'SERVICE_BACK' : 'SERVICE_LOST'
    const concerned = available ? ['UNKNOWN'] : ['PRESENT', 'GRACE']
    const found = directory.current.users
      .map(({ id }) => id)
      .filter((id) => concerned.includes(presenceOf(aggregates, id, side) ?? ''))
    // Others of them get it with their first inputs.
    const users = available ? [...new Set([...found, ...this.#former.given()])] : found
    if (available) this.#available.add(side)
    else this.#available.delete(side)
    if (available) this.#returns.serviceIsBack(side)
    else this.#returns.serviceIsLost(side)
    const leavers = available ? [] : this.#justGone.take(side, clock.now()).filter((id) => aggregates.user(id))
    const awaited = available
      ? []
      : [...new Set([...users, ...leavers])].filter((id) => !isAwaited(aggregates, id, side))
    await Promise.all([
      ...awaited.map((id) => this.#fact(`user/${id}`, { kind: 'awaited', sides: [side] })),
      this.#fact(`side/${side}`, { kind: 'side', change, dependency: 'notification-service' }),
      ...users.map((id) => this.#fact(`user/${id}`, { kind: 'user', event: { type, side } })),
    ])
    this.#parts.delivery().pump()
  }

  /** Every session on the side has ended with its notification service. */
  async sessionsLost(side: Side): Promise<void> {
    const { aggregates, directory } = this.#parts
    const users = directory.current.users
      .map(({ id }) => id)
      .filter((id) => ['PRESENT', 'GRACE', 'UNKNOWN'].includes(presenceOf(aggregates, id, side) ?? ''))
    for (const id of users) this.#former.first(id)
    const event: UserInputEvent = { type: 'SESSIONS_LOST', side }
    await Promise.all(users.map((id) => this.#fact(`user/${id}`, { kind: 'user', event })))
  }

  /** No notification service comes to this side for now. */
  async forsake(side: Side): Promise<void> {
    this.#parts.log.warn({ side }, 'the side has no notification service: its notifications are no longer kept')
    await this.#drop(side)
  }

  /** Do the notifications of this lane wait for a session of their user? */
  mustWait(lane: string): boolean {
    const { aggregates } = this.#parts
    const of = userOfLane(lane)
    if (of === undefined) return false
    if (this.#former.has(of.user)) return true
    return isAwaited(aggregates, of.user, of.side) && !isThere(aggregates, of.user, of.side)
  }

  /** Has a session of the user to get the notifications of this lane before they count as delivered? */
  mustBeHeard(lane: string): boolean {
    const of = userOfLane(lane)
    return of !== undefined && this.#isAwaited(of.user, of.side)
  }

  /** The last notification of a lane was delivered. */
  emptied(lane: string): void {
    const of = userOfLane(lane)
    if (of) this.#endWaitIfConnected(of.user, of.side)
  }

  /** A commit has changed these aggregates. Checks those users again whose time is over. */
  committed(ids: Iterable<string>): void {
    const users = [...ids].filter((id) => id.startsWith(USER)).map((id) => id.slice(USER.length))
    this.#returns.look(users)
  }

  /** The result of a row of this lane is known. Checks its user again if the user's time is over. */
  settled(lane: string): void {
    const of = userOfLane(lane)
    if (of) this.#returns.look([of.user])
  }

  /**
   * An extra input for a sign-in while the side has no notification service. If sign-ins require presence, a sign-in
   * begins the grace period. But the user cannot connect, so the grace period has to begin when the service is back.
   */
  signInWithoutService({ type, user }: Command, side: Side): readonly Promise<unknown>[] {
    const { aggregates, directory } = this.#parts
    const { requirePresenceAfterSignIn } = directory.current.settings
    const isSignIn = type === 'user.signIn' || type === 'media.signIn'
    const isMissing = aggregates.side(side)?.isMissing('notification-service')
    if (!requirePresenceAfterSignIn || !isSignIn || !isMissing) return []
    return [this.#fact(`user/${user}`, { kind: 'user', event: { type: 'SERVICE_LOST', side } })]
  }

  close(): void {
    this.#cancel()
    this.#former.close()
    this.#returns.close()
    this.#services.close()
  }

  #fact(to: string, input: Input): Promise<unknown> {
    return this.#parts.submit(to, input, { origin: ENGINE, isFact: true })
  }

  #isAwaited(user: string, side: Side): boolean {
    return this.#former.has(user) || isAwaited(this.#parts.aggregates, user, side)
  }

  /** The state of these users says whether they are awaited. What waits for those who are not is sent. */
  #areKnown(users: readonly string[]): void {
    this.#returns.look(users)
    this.#parts.delivery().pump(users.flatMap((user) => this.#parts.sides.map((side) => laneOf(side, `user/${user}`))))
  }

  /** Can the user still come back to the side, or is the user getting the waiting notifications now? */
  #isUndecided(user: string, side: Side): boolean {
    const { aggregates } = this.#parts
    const lane = laneOf(side, `user/${user}`)
    if (['GRACE', 'UNKNOWN'].includes(presenceOf(aggregates, user, side) ?? '')) return true
    const delivery = this.#parts.delivery()
    return delivery.isBusy(lane) || (isThere(aggregates, user, side) && delivery.isTried(lane))
  }

  /** The lane of the user on this side is empty. If the user was awaited and is connected, the wait ends. */
  #endWaitIfConnected(user: string, side: Side): void {
    const { aggregates, sides } = this.#parts
    if (!isAwaited(aggregates, user, side) || !isThere(aggregates, user, side)) return
    const delivery = this.#parts.delivery()
    const elsewhere = sides.filter((each) => each !== side && !isThere(aggregates, user, each))
    const missed = elsewhere.flatMap((each) => delivery.waitingIn(laneOf(each, `user/${user}`)))
    this.#fact(`user/${user}`, { kind: 'heard', missed }).then(
      () => delivery.pump(sides.map((each) => laneOf(each, `user/${user}`))),
      // The core has stopped. The user stays awaited, and the next start continues.
      () => undefined,
    )
  }

  /**
   * Ends the wait for these users. Their waiting notifications are sent although no session of the user gets them. The
   * journal records which ones the users missed.
   */
  async #giveUp(side: Side, users: readonly string[]): Promise<void> {
    const delivery = this.#parts.delivery()
    const given = users.map((user) => {
      const missed = delivery.waitingIn(laneOf(side, `user/${user}`))
      const isConnected = isThere(this.#parts.aggregates, user, side)
      return this.#fact(`user/${user}`, isConnected ? { kind: 'heard', missed } : { kind: 'notBack', side, missed })
    })
    await Promise.all(given)
    delivery.pump()
  }

  /**
   * No notification service has come to this side in time. The waiting notifications are dropped, and the journal
   * records that their users missed them.
   */
  async #stopKeeping(side: Side): Promise<void> {
    const { log } = this.#parts
    log.warn({ side }, 'no notification service was attached since the start; notifications are no longer kept for it')
    await this.#drop(side)
  }

  /** Drops the waiting notifications of a side, and the journal records that their users missed them. */
  async #drop(side: Side): Promise<void> {
    const { aggregates, served } = this.#parts
    const users = aggregates.users().filter((user) => isAwaited(aggregates, user, side))
    try {
      await this.#giveUp(side, users)
    } catch {
      // The core has stopped. The rows stay in the store for the next start.
      return
    }
    // A service that was attached meanwhile gets them.
    if (!served.has(side)) this.#parts.delivery().drop(side)
  }
}
