/** Starts a follower: directory, engine, sessions. */
import { pino } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { systemClock } from '../clock/system-clock.ts'
import type { Engine } from '../engine/api.ts'
import { Listeners } from '../engine/delivery/listeners.ts'
import { startEngine } from '../engine/engine.ts'
import type { EngineEvents } from '../engine/events.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { memoryStore } from '../store/index.ts'
import type { Certainty } from './certainty.ts'
import { checkOptions } from './checks.ts'
import { FollowedCommands } from './commands/commands.ts'
import { type ReadDirectory, readFollowedDirectory, type Wanted } from './directory.ts'
import type { Reading } from './events/reading.ts'
import type { FollowFigures } from './figures.ts'
import { FollowedEngine } from './followed-engine.ts'
import { Following } from './following.ts'
import type { FollowOptions } from './options.ts'
import { followedReads } from './reads.ts'
import { Accounts, type Denied } from './upstream/accounts.ts'
import { UpstreamError } from './upstream/error.ts'
import { DEFAULT_LIMITS, type FollowLimits } from './upstream/limits.ts'
import { UpstreamRest } from './upstream/rest.ts'
import { SIDES, Upstream } from './upstream/upstream.ts'

const RESOURCE = 'mrdian-follow'
const REFRESH_SOON_MS = 2000
const REFRESH_EVERY_MS = 60_000

/** A running follower. */
export interface Follower {
  /** The same interface as that of an authority. */
  readonly engine: Engine
  /** How sure reads of this user are; `undefined` for a user who is not followed. */
  certainty(user: string): Certainty | undefined
  /** What is known of the connection. */
  readonly status: FollowerStatus
  readonly figures: FollowFigures & {
    readonly requests: number
    readonly failedRequests: number
    readonly sessions: number
  }
  /** A new password of an account, which is tried at once. */
  changePassword(user: string, password: string): void
  /** Resolves when every followed user is `live`. Rejects never; use it with a time limit of your own. */
  live(): Promise<void>
  /** Ends the sessions and the engine. */
  close(): Promise<void>
}

export interface FollowerStatus {
  /** Can the followed Finesse be followed now? */
  readonly isUp: boolean
  readonly side: Side
  readonly users: { readonly live: number; readonly resyncing: number; readonly stale: number }
  /** Accounts that Finesse refuses. They are tried again seldom, so that they are not locked. */
  readonly denied: readonly Denied[]
  /** Age of the oldest of the newest proofs of all users, in ms; `null` if there is a user without any. */
  readonly oldestProofMs: number | null
}

/**
 * Starts to follow. Resolves when the users are known and the engine runs; use `live()` to wait for their states.
 *
 * @throws InvalidArgument for options that cannot be used, or are not safe
 * @throws UpstreamError if no side can be read
 */
export async function follow(options: FollowOptions): Promise<Follower> {
  checkOptions(options)
  const clock = options.clock ?? systemClock()
  const limits: FollowLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const { watch, agents = {} } = options.credentials
  const all = [...Object.entries(agents).map(([user, password]) => ({ user, password })), ...(watch ? [watch] : [])]
  const accounts = new Accounts(clock, limits.deniedRetryMs, all)
  const rest = options.sides.map(
    ({ rest }) => new UpstreamRest({ rest, clock, limits, accounts, fetch: options.fetch }),
  )
  const accountOf = (user: string) => (Object.hasOwn(agents, user) ? user : watch?.user)
  const { users = [], teams = [] } = options
  const wanted: Wanted = { users, teams, readerOf: accountOf, watch: watch?.user }
  try {
    const read = await firstDirectory(rest, wanted)
    return await RunningFollower.start(options, { clock, limits, accounts, rest, accountOf, wanted }, read)
  } catch (error) {
    for (const each of rest) each.close()
    throw error
  }
}

/** From the first side that can be read. */
async function firstDirectory(rest: readonly UpstreamRest[], wanted: Wanted): Promise<ReadDirectory> {
  let problem: unknown
  for (const [index, each] of rest.entries()) {
    const reading: Reading = { side: SIDES[index] ?? 'A', agentAt: () => undefined, strange: () => undefined }
    try {
      return await readFollowedDirectory(each, wanted, reading)
    } catch (error) {
      problem ??= error
    }
  }
  throw problem ?? new UpstreamError('UPSTREAM_UNREACHABLE', 'there is no side')
}

/** The followed teams, and those of followed users: their nodes say at once when a member changes. */
const teamsOf = (engine: Engine, teams: readonly string[]): readonly string[] => [
  ...new Set([...teams, ...engine.get.directory().users.map(({ teamId }) => teamId)]),
]

interface Parts {
  readonly clock: NonNullable<FollowOptions['clock']>
  readonly limits: FollowLimits
  readonly accounts: Accounts
  readonly rest: readonly UpstreamRest[]
  readonly accountOf: (user: string) => string | undefined
  readonly wanted: Wanted
}

class RunningFollower implements Follower {
  readonly engine: FollowedEngine
  readonly #inner: Engine
  readonly #parts: Parts
  readonly #following: Following
  readonly #upstream: Upstream
  readonly #commands: FollowedCommands
  readonly #logger: NonNullable<FollowOptions['logger']>
  #closing: Promise<void> | undefined
  #cancelRefresh: (() => void) | undefined
  #refreshedAt = Number.NEGATIVE_INFINITY

  static async start(options: FollowOptions, parts: Parts, read: ReadDirectory): Promise<RunningFollower> {
    const logger = options.logger ?? pino({ level: 'silent' })
    const inner = await startEngine({
      role: 'follower',
      directory: read.directory,
      store: options.store ?? memoryStore({ keep: 'history' }),
      clock: parts.clock,
      sides: SIDES.slice(0, options.sides.length),
      retention: options.retention,
      log: logger,
      confirmRemovals: true,
    })
    const follower = new RunningFollower(options, parts, inner, logger)
    follower.#following.follow(read.users)
    follower.#upstream.start()
    return follower
  }

  private constructor(
    options: FollowOptions,
    parts: Parts,
    inner: Engine,
    logger: NonNullable<FollowOptions['logger']>,
  ) {
    const { clock, limits, accounts, rest, accountOf } = parts
    const { credentials, presenceCountsAsDesktop = false, teams = [], queues = [], random = Math.random } = options
    const { watch, agents = {} } = credentials
    this.#inner = inner
    this.#parts = parts
    this.#logger = logger
    const listeners = new Listeners<EngineEvents>((event, error) =>
      logger.error({ event, err: error }, 'a listener threw'),
    )
    const connected = new Set<string>()
    this.#following = new Following({
      engine: inner,
      clock,
      logger,
      limits,
      random,
      rest: () => this.#upstream.rest,
      readerOf: accountOf,
      isNotified: (user) => connected.has(user),
      expectsSession: (user) => presenceCountsAsDesktop && Object.hasOwn(agents, user),
      suspect: () => {
        if (this.#upstream.rest.isSick) void this.#upstream.suspect()
      },
      strangers: () => this.#refreshSoon(),
      moved: (user) => void this.#commands.moved(user),
      emit: (event, value) => listeners.emit(event, value),
      onUpdate: options.onUpdate,
      applied: (told, { requestId }) => this.#commands.applied(told, requestId),
    })
    this.#commands = new FollowedCommands({
      clock,
      limits,
      picture: this.#following.picture,
      rest: () => (this.#upstream.isUp ? this.#upstream.rest : undefined),
      senderOf: accountOf,
      look: (user) => this.#following.lookAt(user),
    })
    this.#upstream = new Upstream({
      sides: options.sides,
      rest,
      resource: options.resource ?? RESOURCE,
      accounts,
      watch: watch?.user,
      nodes: () => [
        ...teamsOf(inner, teams).map((team) => `/finesse/api/Team/${team}/Users`),
        ...queues.map((queue) => `/finesse/api/Queue/${queue}`),
      ],
      agents: () =>
        presenceCountsAsDesktop ? Object.keys(agents).filter((user) => this.#following.users.includes(user)) : [],
      clock,
      logger,
      limits,
      random,
      onAgent: (user, isUp) => {
        if (isUp) connected.add(user)
        else connected.delete(user)
        this.#following.session(user, isUp)
      },
      host: {
        up: (side, moved) => this.#following.up(side, moved),
        down: (why) => this.#following.down(why),
        notified: (delivered, side) => {
          const update = this.#following.notified(delivered, side)
          if (update?.told.kind === 'systemInfo') this.#upstream.serviceIs(update.told.value.status)
        },
        system: (info) => this.#following.noteSystem(info),
      },
    })
    const get = followedReads(() => inner, {
      picture: this.#following.picture,
      system: (side) => this.#systemNow(side),
    })
    this.engine = new FollowedEngine(inner, get, this.#commands, listeners, () => this.close())
  }

  /** Reads the directory again: a team has another member, or a user was deleted. Once a minute at most. */
  #refreshSoon(): void {
    if (this.#cancelRefresh || this.#closing) return
    const { clock } = this.#parts
    const due = Math.max(clock.now() + REFRESH_SOON_MS, this.#refreshedAt + REFRESH_EVERY_MS)
    this.#cancelRefresh = clock.at(due, () => {
      this.#cancelRefresh = undefined
      this.#refreshedAt = clock.now()
      this.#refresh().catch((error: unknown) => {
        this.#logger.warn({ err: error }, 'the users of the followed Finesse could not be read again')
        if (!(error instanceof InvalidArgument)) this.#refreshSoon()
      })
    })
  }

  async #refresh(): Promise<void> {
    const read = await readFollowedDirectory(this.#upstream.rest, this.#parts.wanted, this.#following.reading())
    await this.#inner.reload(read.directory, { via: 'finesse' }, { confirmRemovals: true })
    this.#following.follow(read.users)
  }

  certainty(user: string): Certainty | undefined {
    return this.#following.certainties.of(user)
  }

  get status(): FollowerStatus {
    const { certainties } = this.#following
    const now = this.#parts.clock.now()
    let oldest: number | null = 0
    for (const [, { proof }] of certainties.entries) {
      if (proof === null) oldest = null
      else if (oldest !== null) oldest = Math.max(oldest, now - proof)
    }
    return {
      isUp: this.#upstream.isUp,
      side: this.#upstream.side,
      users: {
        live: certainties.count('live'),
        resyncing: certainties.count('resyncing'),
        stale: certainties.count('stale'),
      },
      denied: this.#parts.accounts.denied,
      oldestProofMs: oldest,
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
      const { certainties, users } = this.#following
      const isLive = () => this.#upstream.isUp && certainties.count('live') === users.length
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
    this.#cancelRefresh?.()
    this.#following.close()
    this.#commands.close()
    await this.#upstream.close()
    await this.#following.settled
    await this.#inner.close()
  }

  #systemNow(side: Side = this.#upstream.side) {
    const known = this.#following.system
    if (!known || side !== this.#upstream.side) return undefined
    return this.#upstream.isUp
      ? known
      : { ...known, status: 'OUT_OF_SERVICE' as const, statusReason: known.statusReason || 'not connected' }
  }
}
