/**
 * What was read of the users for the directory, before the side was followed. It need not be read again if it is still
 * so: one list of each team says that of all its members. Media are as old as they were read, which counts where they
 * come by regular reads only, and not by notifications.
 */
import { isDeepStrictEqual } from 'node:util'
import { withSummary } from './events/user.ts'
import type { FirstRead } from './memory.ts'
import type { Team } from './team-reads.ts'

export interface FirstReadsOptions {
  /** The list of a team, as it is now; `undefined` if it cannot be read. */
  readonly team: (id: string) => Promise<Team | undefined>
  readonly now: () => number
  /** How old the media of one of so many users may be, in ms. */
  readonly longest: () => number
}

export class FirstReads {
  readonly #options: FirstReadsOptions
  readonly #read = new Map<string, FirstRead>()
  /** Lists that were read in this connection. */
  readonly #teams = new Map<string, Promise<Team | undefined>>()
  #connections = 0

  constructor(options: FirstReadsOptions) {
    this.#options = options
  }

  keep(read: Iterable<readonly [string, FirstRead]>): void {
    for (const [user, each] of read) this.#read.set(user, each)
  }

  forget(user: string): void {
    this.#read.delete(user)
  }

  /** After the first connection, what was read before it counts no more. */
  connected(): void {
    this.#teams.clear()
    this.#connections += 1
    if (this.#connections > 1) this.#read.clear()
  }

  /** What was read of the user, if that is still so. Each is given once. */
  async take(user: string): Promise<FirstRead | undefined> {
    const { now, longest } = this.#options
    const first = this.#read.get(user)
    this.#read.delete(user)
    if (first === undefined || now() - first.at > longest()) return undefined
    const summary = (await this.#team(first.user.teamId))?.members.get(user)
    const isSame = summary !== undefined && isDeepStrictEqual(withSummary(first.user, summary), first.user)
    return isSame ? first : undefined
  }

  #team(id: string): Promise<Team | undefined> {
    const known = this.#teams.get(id)
    if (known) return known
    const read = this.#options.team(id).catch(() => undefined)
    this.#teams.set(id, read)
    return read
  }
}
