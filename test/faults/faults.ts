/** What happens to a pair. Each fault ends with both machines and all servers of the database there again. */

import type { Node } from '../cluster/cluster.ts'
import type { Random } from '../crash/random.ts'
import type { ServerProcess } from '../crash/server-process.ts'
import type { Database } from './database.ts'

/** One machine of the pair, as faults see it. */
export interface Machine {
  readonly server: ServerProcess
  /** Nothing passes between the server and the database until `joinNetwork`. */
  leaveNetwork(): Promise<void>
  joinNetwork(): Promise<void>
}

export interface Scene<Host extends Machine = Machine> {
  readonly database: Database
  readonly owner: Host
  readonly standby: Host
  readonly random: Random
}

export interface Fault<Host extends Machine = Machine> {
  readonly name: string
  /** `always`: the standby takes over. `perhaps`: the owner may lose its lease meanwhile. `never`: it does not. */
  readonly takesOver: 'always' | 'perhaps' | 'never'
  /** The clients of the standby lose their connections, although it lives. */
  readonly losesStandby?: true
  /** It begins. Resolves soon. */
  strike(scene: Scene<Host>): Promise<void>
  /** It ends. With `takesOver: 'always'` the standby serves by then. */
  end(scene: Scene<Host>): Promise<void>
}

/** Longer than the lease, in ms. */
const LONG = 3000
/** Shorter than the lease. */
const SHORT = 600

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const nothing = async () => undefined

async function lose(database: Database, node: Node): Promise<void> {
  await node.stop('SIGKILL')
  await database.promote()
  await database.rejoin(node)
}

/** Each commit waits for so many microseconds before it is synced. */
const syncsSlowly = async ({ primary }: Database, microseconds: number) => {
  await primary.sql(`ALTER SYSTEM SET commit_delay = ${microseconds}`)
  await primary.sql('ALTER SYSTEM SET commit_siblings = 0')
  await primary.sql('SELECT pg_reload_conf()')
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'the owner is killed',
    takesOver: 'always',
    strike: ({ owner }) => owner.server.kill(),
    end: nothing,
  },
  {
    name: 'the owner ends in order',
    takesOver: 'always',
    strike: ({ owner }) => owner.server.kill('SIGTERM'),
    end: nothing,
  },
  {
    name: 'the owner stands still for longer than its lease',
    takesOver: 'always',
    strike: async ({ owner }) => owner.server.suspend(),
    end: async ({ owner }) => owner.server.resume(),
  },
  {
    name: 'the owner stands still for a moment',
    takesOver: 'never',
    strike: async ({ owner, random }) => {
      owner.server.suspend()
      await pause(random.whole(SHORT))
      owner.server.resume()
    },
    end: nothing,
  },
  {
    name: 'the owner is cut off from the database',
    takesOver: 'always',
    strike: ({ owner }) => owner.leaveNetwork(),
    end: ({ owner }) => owner.joinNetwork(),
  },
  {
    // The database does not hear of its end.
    name: 'the machine of the owner is lost',
    takesOver: 'always',
    strike: async ({ owner }) => {
      await owner.leaveNetwork()
      await owner.server.kill()
    },
    end: ({ owner }) => owner.joinNetwork(),
  },
  {
    name: 'the standby is killed',
    takesOver: 'never',
    strike: ({ standby }) => standby.server.kill(),
    end: nothing,
  },
  {
    name: 'the standby stands still',
    takesOver: 'never',
    strike: async ({ standby }) => standby.server.suspend(),
    end: async ({ standby }) => {
      await pause(LONG)
      standby.server.resume()
    },
  },
  {
    name: 'the standby is cut off from the database',
    takesOver: 'never',
    strike: ({ standby }) => standby.leaveNetwork(),
    end: async ({ standby }) => {
      await pause(LONG)
      await standby.joinNetwork()
    },
  },
  {
    name: 'the primary of the database is killed',
    takesOver: 'perhaps',
    strike: ({ database }) => lose(database, database.primary),
    end: nothing,
  },
  {
    name: 'the primary of the database stands still, and is replaced',
    takesOver: 'perhaps',
    strike: async ({ database, random }) => {
      const { primary } = database
      await primary.suspend()
      await pause(random.whole(LONG))
      await lose(database, primary)
    },
    end: nothing,
  },
  {
    name: 'a standby of the database is killed',
    takesOver: 'never',
    strike: async ({ database: { standbys }, random }) => random.of(standbys)?.stop('SIGKILL'),
    end: async ({ database: { standbys } }) => {
      await Promise.all(standbys.map((node) => node.start()))
    },
  },
  {
    name: 'all standbys of the database stand still',
    takesOver: 'perhaps',
    strike: async ({ database: { standbys } }) => {
      await Promise.all(standbys.map((node) => node.suspend()))
    },
    end: async ({ database: { standbys }, random }) => {
      await pause(random.whole(2 * LONG))
      await Promise.all(standbys.map((node) => node.resume()))
    },
  },
  {
    name: 'the disk of the database is slow',
    takesOver: 'never',
    strike: ({ database }) => syncsSlowly(database, 100_000),
    end: async ({ database }) => {
      await pause(SHORT)
      await syncsSlowly(database, 0)
    },
  },
]

/** The fault of a round (0: the first one): of these in their order, or one at random. */
export function chosen<Each extends { readonly name: string }>(
  faults: readonly Each[],
  names: readonly string[] = [],
  round: number,
  random: Random,
): Each {
  const name = names[round % Math.max(1, names.length)]
  const fault = name === undefined ? random.of(faults) : faults.find((each) => each.name === name)
  if (fault === undefined) throw new Error(`there is no fault "${name}"`)
  return fault
}
