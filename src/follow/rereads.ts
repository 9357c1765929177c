/**
 * Reads one user and takes over what differs from what is known. What differs because notifications were missed is
 * marked with the time in which none came.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import type { Origin } from '../engine/ports.ts'
import type { Applier, ApplierOptions } from './applier.ts'
import type { Reading } from './events/reading.ts'
import type { Told } from './events/update.ts'
import { FirstReads } from './first-reads.ts'
import type { Gaps } from './gaps.ts'
import { machineEventOf } from './machine-event.ts'
import type { FirstRead } from './memory.ts'
import { placeOf } from './notification.ts'
import { PermittedReads, type Reader } from './permitted.ts'
import type { Belongings } from './picture.ts'
import { differences, type Found, readFound } from './read-user.ts'
import { readTeam, TeamReads } from './team-reads.ts'
import type { Urgency } from './upstream/budget.ts'

export interface RereadsOptions extends Pick<ApplierOptions, 'clock' | 'picture' | 'certainties' | 'subjects'> {
  readonly gaps: Gaps
  readonly applier: Applier
  /** The REST client of the side that is followed now. */
  readonly rest: () => Reader
  /** The accounts that read this user, the best one first. */
  readonly readersOf: (user: string) => readonly string[]
  /** The accounts that read teams. */
  readonly teamReaders: readonly string[]
  readonly engine: Pick<Engine, 'get'>
  /** Do notifications of media and dialogs of this user come? Otherwise they are read regularly. */
  readonly isNotified: (user: string) => boolean
  /** How old media that are read regularly may be, in ms. */
  readonly longestPollMs: () => number
  readonly reading: () => Reading
  /** Grows with each connection; `undefined` while there is none. What was read before counts no more. */
  readonly connection: () => number | undefined
  /** Changes that no notification told. */
  readonly missed: (changes: number) => void
  /** The followed Finesse has no such user. */
  readonly isGone: (user: string) => void
}

/** What became of a read. `doubtful`: it has to be repeated, because notifications may be on their way. */
export type Caught = 'live' | 'doubtful' | 'outdated'

/** How often a read is repeated at once because notifications came meanwhile. */
const ROUNDS = 3

export class Rereads {
  readonly #options: RereadsOptions
  /** Users of whom only the machines know something, from the run before. */
  readonly #recalled = new Set<string>()
  /** Users of whom something that a read found is being applied. */
  readonly #takingOver = new Set<string>()
  /** Users whose media and tasks no account may read. */
  readonly #partly = new Set<string>()
  readonly #reads: PermittedReads
  readonly #teams: TeamReads
  readonly #first: FirstReads
  #made = 0

  constructor(options: RereadsOptions) {
    this.#options = options
    this.#reads = new PermittedReads(options.rest)
    this.#teams = new TeamReads(this.#reads)
    this.#first = new FirstReads({
      team: (id) => readTeam(this.#reads, id, options.teamReaders, 'resync', options.reading()),
      now: () => options.clock.now(),
      longest: options.longestPollMs,
    })
  }

  /** Users whose media and tasks no account may read. */
  get partly(): ReadonlySet<string> {
    return this.#partly
  }

  /** What was read of these users before they were followed. */
  keepFirst(read: Iterable<readonly [string, FirstRead]>): void {
    this.#first.keep(read)
  }

  /** There is a new connection, and rights may be others. */
  connected(): void {
    this.#reads.forget()
    this.#first.connected()
  }

  /** The user is not followed any more. */
  forget(user: string): void {
    this.#partly.delete(user)
    this.#recalled.delete(user)
    this.#first.forget(user)
  }

  /** What is known of the user comes from the machines: documents say more, and that alone is no news. */
  recalled(user: string): void {
    this.#recalled.add(user)
  }

  isTakingOver(user: string): boolean {
    return this.#takingOver.has(user)
  }

  /** Rejects if a read fails. */
  async read(user: string, urgency: Urgency): Promise<Caught> {
    const { clock, certainties, picture, subjects, applier, connection, reading } = this.#options
    const began = connection()
    if (urgency === 'command') this.#options.gaps.note(user, clock.now())
    let noted = this.#options.gaps.newest
    for (let round = 1; ; round += 1) {
      const before = subjects.newest
      noted = this.#options.gaps.newest
      const found = await this.#find(user, urgency)
      await applier.settled
      if (began === undefined || began !== connection() || !certainties.of(user)) return 'outdated'
      if (!found) {
        this.#options.isGone(user)
        return 'outdated'
      }
      const all = differences(found, picture.of(user))
      if (all.length > 0 && this.#isOnlyChecked(user, urgency)) return this.#doubt(user)
      const settled = all.filter((each) => !subjects.isNewer(user, each, before))
      await this.#takeOver(user, settled, reading().side)
      if (settled.length === all.length) break
      if (round === ROUNDS) return 'doubtful'
    }
    certainties.live(user, clock.now())
    this.#options.gaps.end(user, noted)
    this.#recalled.delete(user)
    return 'live'
  }

  async #find(user: string, urgency: Urgency): Promise<Found | undefined> {
    const { picture, readersOf, reading, engine } = this.#options
    const known = picture.of(user)
    const before = known?.user ?? engine.get.user(user)
    const as = {
      accounts: readersOf(user),
      urgency,
      reads: this.#reads,
      teams: this.#teams,
      reading: reading(),
      before,
      first: await this.#firstOf(user, urgency),
    }
    const found = await readFound(user, as, known)
    if (found?.media) this.#partly.delete(user)
    else if (found) this.#partly.add(user)
    return found
  }

  /** Nothing may have been told of the user: a summary that came before the user was known is not in the picture. */
  async #firstOf(user: string, urgency: Urgency): Promise<FirstRead | undefined> {
    const { isNotified, subjects } = this.#options
    const first = await this.#first.take(user)
    return urgency === 'resync' && !isNotified(user) && !subjects.wasTold(user) ? first : undefined
  }

  /** A regular read of a user whose notifications come: a difference is on its way, or was lost. */
  #isOnlyChecked(user: string, urgency: Urgency): boolean {
    return urgency === 'poll' && this.#options.isNotified(user) && !this.#options.gaps.has(user)
  }

  #doubt(user: string): Caught {
    const { gaps, certainties, clock } = this.#options
    gaps.note(user, clock.now())
    certainties.resyncing(user, clock.now())
    return 'doubtful'
  }

  /** Differences were missed if there was a gap. Without one, their notifications are on their way, or never come. */
  async #takeOver(user: string, found: readonly Told[], side: Side): Promise<void> {
    const { clock, gaps, certainties, applier, picture } = this.#options
    const now = clock.now()
    const { proof = null } = certainties.of(user) ?? {}
    const window = gaps.window(user, proof, now)
    const known = this.#recalled.has(user) ? picture.of(user) : undefined
    const isOld = (told: Told) => known !== undefined && isKnown(told, known)
    if (window) this.#options.missed(found.filter((told) => !isOld(told)).length)
    this.#takingOver.add(user)
    try {
      await Promise.all(
        found.map((told) => {
          this.#made += 1
          const isKnownToMachines = isOld(told)
          const missed = window && !isKnownToMachines ? { missed: window } : {}
          const origin: Origin = { via: 'finesse', by: side, ...missed }
          return applier.take({
            told,
            place: placeOf(told),
            id: `read-${this.#made}`,
            origin,
            isKnownToMachines,
            isRead: true,
          })
        }),
      )
    } finally {
      this.#takingOver.delete(user)
    }
  }
}

/** Do the machines have the state of this document already? */
function isKnown(told: Told, known: Belongings): boolean {
  const before = sameOf(told, known)
  return before !== undefined && isDeepStrictEqual(comparable(told), comparable(before))
}

/** What the machines get, without what they only derive: who has made a call, and the actions of its parties. */
function comparable(told: Told): unknown {
  const event = machineEventOf(told)
  if (event?.kind !== 'call') return event
  const { made: _, participants, ...call } = event.call
  return { ...event, call: { ...call, participants: participants.map(({ actions: __, ...party }) => party) } }
}

/** What is known about the subject, in the form of what was told. */
function sameOf(told: Told, { user, media, dialogs }: Belongings): Told | undefined {
  switch (told.kind) {
    case 'user':
      return user && { ...told, value: user }
    case 'media': {
      const value = media.get(told.value.id)
      return value && { ...told, value }
    }
    case 'dialog': {
      const value = dialogs.get(told.value.id)
      return value && { ...told, change: told.change === 'removed' ? 'added' : told.change, value }
    }
    default:
      return undefined
  }
}
