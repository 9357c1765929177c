/**
 * Reads members of teams. A supervisor may not read the users of others, but the list of a team has their states
 * (`user 8.1`). Members that are asked for at the same time share one request.
 */

import type { TeamRef } from '../engine/values.ts'
import type { Reading } from './events/reading.ts'
import { at, childrenOf, type Tree } from './events/tree.ts'
import { readSummary, readTeamRef, type UserSummary } from './events/user.ts'
import type { PermittedReads } from './permitted.ts'
import type { Urgency } from './upstream/budget.ts'

export interface Team extends TeamRef {
  readonly members: ReadonlyMap<string, UserSummary>
}

/** `undefined`: there is no such team. @throws UpstreamError */
export async function readTeam(
  reads: PermittedReads,
  id: string,
  accounts: readonly string[],
  urgency: Urgency,
  reading: Reading,
): Promise<Team | undefined> {
  const path = `Team/${encodeURIComponent(id)}?includeLoggedOutAgents=true`
  const tree = await reads.get(path, accounts, urgency)
  return tree && teamOf(tree, id, reading)
}

function teamOf(tree: Tree, id: string, reading: Reading): Team {
  const members = childrenOf(at(tree, 'users'), 'User').flatMap((user) => readSummary(user, reading) ?? [])
  return { ...readTeamRef(tree), id, members: new Map(members.map((member) => [member.id, member])) }
}

export class TeamReads {
  readonly #reads: PermittedReads
  readonly #running = new Map<string, Promise<unknown>>()
  /** Requests that were not made yet, so that their answers are new enough for everybody who waits. */
  readonly #next = new Map<string, Promise<Team | undefined>>()

  constructor(reads: PermittedReads) {
    this.#reads = reads
  }

  read(id: string, accounts: readonly string[], urgency: Urgency, reading: Reading): Promise<Team | undefined> {
    const known = this.#next.get(id)
    if (known) return known
    const read = this.#after(this.#running.get(id)).then(() => {
      this.#next.delete(id)
      this.#running.set(id, read)
      return readTeam(this.#reads, id, accounts, urgency, reading)
    })
    this.#next.set(id, read)
    return read
  }

  /** Whether the request before fails does not matter. */
  async #after(running: Promise<unknown> | undefined): Promise<void> {
    await running?.catch(() => undefined)
  }
}
