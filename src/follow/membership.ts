/** Whom the follower follows: the named users, and the members of the teams as they are now. */
import type { Logger } from 'pino'
import type { Clock } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { readFollowedDirectory, type Wanted } from './directory.ts'
import type { Reading } from './events/reading.ts'
import type { FirstRead, KnownDirectory } from './memory.ts'
import { PermittedReads, type Reader } from './permitted.ts'
import { readTeam } from './team-reads.ts'

const SOON_MS = 2000
const EVERY_MS = 60_000

export interface MembershipOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly wanted: Wanted
  readonly rest: () => Reader
  readonly reading: () => Reading
  /** The newest documents of a user who is followed. */
  readonly known: (user: string) => FirstRead | undefined
  /** The users that are followed now. */
  readonly users: () => readonly string[]
  /** Puts in force what was read. */
  readonly apply: (known: KnownDirectory) => Promise<void>
}

export class Membership {
  readonly #options: MembershipOptions
  /** False until the directory was read in this run. */
  #isKnown: boolean
  #closed = false
  #cancel: (() => void) | undefined
  #readAt = Number.NEGATIVE_INFINITY

  constructor(options: MembershipOptions, isKnown: boolean) {
    this.#options = options
    this.#isKnown = isKnown
  }

  get isKnown(): boolean {
    return this.#isKnown
  }

  /** Before a side is followed. Rejects if it has to be read, and cannot. */
  async connecting(): Promise<void> {
    if (!this.#isKnown) return await this.#read()
    if (await this.#isChanged()) this.readSoon()
  }

  /** A team has another member, or a user was deleted. Read once a minute at most. */
  readSoon(): void {
    if (this.#cancel || this.#closed) return
    const { clock, logger } = this.#options
    const due = Math.max(clock.now() + SOON_MS, this.#readAt + EVERY_MS)
    this.#cancel = clock.at(due, () => {
      this.#cancel = undefined
      this.#read().catch((error: unknown) => {
        logger.warn({ err: error }, 'the users of the followed Finesse could not be read again')
        if (!(error instanceof InvalidArgument)) this.readSoon()
      })
    })
  }

  close(): void {
    this.#closed = true
    this.#cancel?.()
  }

  async #read(): Promise<void> {
    const { clock, rest, wanted, reading, apply, logger, known } = this.#options
    this.#readAt = clock.now()
    const missing = (what: string) => logger.warn({ missing: what }, 'the followed Finesse has no such user or team')
    await apply(await readFollowedDirectory(rest(), { ...wanted, missing, known }, reading()))
    this.#isKnown = true
  }

  /** Did a team get or lose members while nothing was heard? */
  async #isChanged(): Promise<boolean> {
    const { wanted, rest, reading, users } = this.#options
    const { watch } = wanted
    const reads = new PermittedReads(rest)
    const members = new Set(wanted.users)
    for (const id of wanted.teams) {
      const team = await readTeam(reads, id, watch === undefined ? [] : [watch], 'resync', reading())
      for (const member of team?.members.keys() ?? []) members.add(member)
    }
    if (watch !== undefined && !wanted.users.includes(watch)) members.delete(watch)
    const known = users()
    return known.length !== members.size || known.some((user) => !members.has(user))
  }
}
