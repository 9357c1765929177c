/** A follower beside a server in the same process, in virtual time, and how the two compare. */
import { expect, vi } from 'vitest'
import type { UserValue } from '../../src/engine/values.ts'
import { type Follower, type FollowOptions, follow } from '../../src/follow/index.ts'
import { type Site, site } from '../conformance/server.ts'
import { PATIENCE } from '../suite/patience.ts'
import { readsOf } from './reads-of.ts'

export interface Beside {
  readonly site: Site
  readonly follower: Follower
  /** Resolves when reads of these users are the same at both. */
  same(...users: readonly string[]): Promise<void>
  close(): Promise<void>
}

export const USERS = ['1001', '1002'] as const
const ADMIN = { user: 'admin', password: 'secret' }
export const AGENTS = Object.fromEntries(USERS.map((user) => [user, 'secret']))

export const sideOf = ({ at, server }: Site) => ({
  rest: at.rest,
  xmpp: `xmpp://127.0.0.1:${server.ports.xmpp}`,
  domain: 'localhost',
})

/** Sessions of the agents: everything is notified. */
export const BY_AGENTS = {
  credentials: { watch: ADMIN, agents: AGENTS },
  users: USERS,
  presenceCountsAsDesktop: true,
} as const satisfies Partial<FollowOptions>

/** The session of the administrator: only states of users are notified. */
export const BY_WATCHING = {
  credentials: { watch: ADMIN, agents: AGENTS },
  users: USERS,
  presenceCountsAsDesktop: false,
} as const satisfies Partial<FollowOptions>

export async function beside(options: Partial<FollowOptions>, upstream?: Site): Promise<Beside> {
  const at = upstream ?? (await site())
  const follower = await follow({
    sides: [sideOf(at)],
    clock: at.clock,
    random: () => 0.5,
    ...BY_AGENTS,
    ...options,
    // Time stands still between the steps of a test, so there would be no more requests.
    limits: { requestsPerSecond: 100_000, burst: 100_000, sessionsPerSecond: 1000, ...options.limits },
  })
  return {
    site: at,
    follower,
    same: (...users) => same(at, follower, users.length > 0 ? users : USERS),
    async close() {
      await follower.close()
      await at.close()
    },
  }
}

/** Time passes in small steps, so that sockets can answer before the next ping is due. */
async function same(at: Site, follower: Follower, users: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!follower.status.isUp || isWatching(follower)) await at.passes(0.2)
      for (const user of users) expect(readsOf(follower.engine, user)).toEqual(readsOf(at.server.engine, user))
    },
    { timeout: PATIENCE, interval: 10 },
  )
}

/** Without sessions of agents, media and dialogs are read regularly. */
const isWatching = ({ figures }: Follower): boolean => figures.sessions === 1

export const stateOf = (follower: Follower, user: string): UserValue['state'] | undefined =>
  follower.engine.get.user(user)?.state
