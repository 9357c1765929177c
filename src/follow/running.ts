/** A running follower: its parts, and how they work together. */
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import { Listeners } from '../engine/delivery/listeners.ts'
import type { EngineEvents } from '../engine/events.ts'
import type { Clock } from '../engine/ports.ts'
import type { Certainty } from './certainty.ts'
import { FollowedCommands } from './commands/commands.ts'
import type { Wanted } from './directory.ts'
import { FollowedEngine } from './followed-engine.ts'
import type { Follower, FollowerStatus } from './follower.ts'
import { Following } from './following.ts'
import { Membership } from './membership.ts'
import type { FollowMemory, KnownDirectory } from './memory.ts'
import type { FollowOptions } from './options.ts'
import { ProofKeeper } from './proofs.ts'
import { followedReads } from './reads.ts'
import type { Accounts } from './upstream/accounts.ts'
import type { FollowLimits } from './upstream/limits.ts'
import type { UpstreamRest } from './upstream/rest.ts'
import { Upstream } from './upstream/upstream.ts'

const RESOURCE = 'mrdian-follow'

/** What is made of the options. */
export interface FollowerParts {
  readonly clock: Clock
  readonly limits: FollowLimits
  readonly logger: Logger
  readonly accounts: Accounts
  /** By side. */
  readonly rest: readonly UpstreamRest[]
  readonly wanted: Wanted
  readonly memory: FollowMemory
}

/** With what a follower begins. */
export interface Beginning {
  readonly engine: Engine
  readonly known: KnownDirectory
  /** Was the directory read in this run? Otherwise it is what the store has. */
  readonly isRead: boolean
  /** The newest proofs of the run before, by user, in milliseconds since 1970 UTC. */
  readonly proofs: ReadonlyMap<string, number>
}

export class RunningFollower implements Follower {
  readonly engine: FollowedEngine
  readonly #inner: Engine
  readonly #parts: FollowerParts
  readonly #following: Following
  readonly #upstream: Upstream
  readonly #commands: FollowedCommands
  readonly #membership: Membership
  readonly #proofs: ProofKeeper
  /** Agents with a session of their own that is up. */
  readonly #connected = new Set<string>()
  #closing: Promise<void> | undefined

  constructor(options: FollowOptions, parts: FollowerParts, { engine, known, isRead, proofs }: Beginning) {
    const { clock, logger } = parts
    this.#inner = engine
    this.#parts = parts
    const listeners = new Listeners<EngineEvents>((event, error) =>
      logger.error({ event, err: error }, 'a listener threw'),
    )
    this.#following = this.#makeFollowing(options, listeners)
    this.#commands = this.#makeCommands()
    this.#upstream = this.#makeUpstream(options)
    this.#membership = new Membership(
      {
        ...parts,
        rest: () => this.#upstream.rest,
        reading: () => this.#following.reading(),
        known: (user) => this.#following.known(user),
        users: () => this.#following.users,
        apply: (read) => this.#apply(read),
      },
      isRead,
    )
    this.#proofs = new ProofKeeper({ clock, logger, memory: parts.memory, certainties: this.#following.certainties })
    const get = followedReads(() => engine, {
      picture: this.#following.picture,
      system: (side) => this.#systemNow(side),
    })
    this.engine = new FollowedEngine(engine, get, this.#commands, listeners, () => this.close())
    this.#following.follow(known.users, known.read)
    for (const [user, proof] of proofs) this.#following.recall(user, proof)
    this.#proofs.start()
    this.#upstream.start()
  }

  #makeFollowing(options: FollowOptions, listeners: Listeners<EngineEvents>): Following {
    const { clock, logger, limits, wanted } = this.#parts
    const { credentials, presenceCountsAsDesktop = false, random = Math.random } = options
    const { agents = {} } = credentials
    return new Following({
      engine: this.#inner,
      clock,
      logger,
      limits,
      random,
      rest: () => this.#upstream.rest,
      readersOf: wanted.readersOf,
      teamReaders: wanted.watch === undefined ? [] : [wanted.watch],
      isNotified: (user) => this.#connected.has(user),
      expectsSession: (user) => presenceCountsAsDesktop && Object.hasOwn(agents, user),
      suspect: () => {
        if (this.#upstream.rest.isSick) void this.#upstream.suspect()
      },
      strangers: () => this.#membership.readSoon(),
      moved: (user) => void this.#commands.moved(user),
      emit: (event, value) => listeners.emit(event, value),
      onUpdate: options.onUpdate,
      applied: (told, { requestId }) => this.#commands.applied(told, requestId),
    })
  }

  #makeCommands(): FollowedCommands {
    const { clock, limits, wanted } = this.#parts
    return new FollowedCommands({
      clock,
      limits,
      picture: this.#following.picture,
      rest: () => (this.#upstream.isUp ? this.#upstream.rest : undefined),
      senderOf: (user) => wanted.readersOf(user)[0],
      look: (user) => this.#following.lookAt(user),
    })
  }

  #makeUpstream(options: FollowOptions): Upstream {
    const { clock, logger, limits, accounts, rest, wanted } = this.#parts
    const { credentials, presenceCountsAsDesktop = false, queues = [], random = Math.random } = options
    const { agents = {} } = credentials
    return new Upstream({
      sides: options.sides,
      rest,
      resource: options.resource ?? RESOURCE,
      accounts,
      watch: wanted.watch,
      nodes: () => [
        ...this.#teams().map((team) => `/finesse/api/Team/${team}/Users`),
        ...queues.map((queue) => `/finesse/api/Queue/${queue}`),
      ],
      agents: () =>
        presenceCountsAsDesktop ? Object.keys(agents).filter((user) => this.#following.users.includes(user)) : [],
      clock,
      logger,
      limits,
      random,
      onAgent: (user, isUp) => {
        if (isUp) this.#connected.add(user)
        else this.#connected.delete(user)
        this.#following.session(user, isUp)
      },
      host: {
        connecting: () => this.#membership.connecting(),
        up: (side, moved) => this.#following.up(side, moved),
        down: (why) => {
          this.#following.down(why)
          void this.#proofs.keep()
        },
        notified: (delivered, side) => {
          const update = this.#following.notified(delivered, side)
          if (update?.told.kind === 'systemInfo') this.#upstream.serviceIs(update.told.value.status)
        },
        system: (info) => this.#following.noteSystem(info),
      },
    })
  }

  /** The followed teams, and those of followed users: their nodes say at once when a member changes. */
  #teams(): readonly string[] {
    const { users } = this.#inner.get.directory()
    return [...new Set([...this.#parts.wanted.teams, ...users.map(({ teamId }) => teamId)])]
  }

  /** Follows the users that were read from now on. */
  async #apply(read: KnownDirectory): Promise<void> {
    await this.#parts.memory.keepDirectory(read, this.#parts.wanted)
    await this.#inner.reload(read.directory, { via: 'finesse' }, { confirmRemovals: true })
    this.#following.follow(read.users, read.read)
    this.#upstream.refresh()
  }

  certainty(user: string): Certainty | undefined {
    return this.#following.certainties.of(user)
  }

  get status(): FollowerStatus {
    const { certainties, partly } = this.#following
    return {
      isUp: this.#upstream.isUp,
      side: this.#upstream.side,
      users: {
        live: certainties.count('live'),
        resyncing: certainties.count('resyncing'),
        stale: certainties.count('stale'),
        withoutMedia: partly.size,
      },
      denied: this.#parts.accounts.denied,
      oldestProofMs: certainties.oldestProof(this.#parts.clock.now()),
    }
  }

  get figures(): Follower['figures'] {
    const sum = (name: 'requests' | 'failures') => this.#parts.rest.reduce((all, each) => all + each.figures[name], 0)
    return {
      ...this.#following.figures,
      requests: sum('requests'),
      failedRequests: sum('failures'),
      sessions: this.#upstream.figures.sessions,
    }
  }

  changePassword(user: string, password: string): void {
    this.#parts.accounts.change(user, password)
    if (this.#upstream.isUp && this.certainty(user)) this.#following.resync(user)
  }

  live(): Promise<void> {
    return new Promise((resolve) => {
      const isLive = () => {
        const { certainties, users } = this.#following
        return this.#upstream.isUp && this.#membership.isKnown && certainties.count('live') === users.length
      }
      if (isLive()) return resolve()
      const stop = this.engine.on('committed', () => {
        if (!isLive()) return
        stop()
        resolve()
      })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#membership.close()
    this.#following.close()
    this.#commands.close()
    await this.#upstream.close()
    await this.#proofs.close()
    // While a store refuses changes, what was told waits for it. The engine tries once more, and lets go of the rest.
    await this.#inner.close()
    await this.#following.settled
  }

  #systemNow(side: Side = this.#upstream.side) {
    const told = side === this.#upstream.side ? this.#following.system : undefined
    if (this.#upstream.isUp) return told
    const known = told ?? this.#inner.get.system(side)
    return { ...known, status: 'OUT_OF_SERVICE' as const, statusReason: known.statusReason || 'not connected' }
  }
}
