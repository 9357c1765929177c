/** The XMPP sessions at one side: that of the watching account, and those of agents if they are wanted. */
import { nextPause, spread } from '../../waiting/pause.ts'
import type { FollowedSide } from '../options.ts'
import { RequestBudget } from './budget.ts'
import { UpstreamError } from './error.ts'
import { type SessionOptions, UpstreamSession } from './session.ts'

export interface UpstreamSessionsOptions
  extends Pick<
    SessionOptions,
    'resource' | 'accounts' | 'clock' | 'logger' | 'limits' | 'onNotification' | 'onBeacon'
  > {
  readonly side: FollowedSide
  /** The watching account, and the nodes to which it subscribes. */
  readonly watch: string | undefined
  readonly nodes: readonly string[]
  /** Agents with sessions of their own. */
  readonly agents: readonly string[]
  readonly random: () => number
  /** The session of an agent is up, or lost. */
  readonly onAgent: (user: string, isUp: boolean) => void
}

export class UpstreamSessions {
  readonly #options: UpstreamSessionsOptions
  readonly #pace: RequestBudget
  readonly #open = new Map<string, UpstreamSession>()
  readonly #timers = new Set<() => void>()
  /** Agents who have, or will get, a session. */
  readonly #wanted = new Set<string>()
  /** Agents whose session is being kept open. One who has left is among them until the session has ended. */
  readonly #kept = new Set<string>()
  #watching: UpstreamSession | undefined
  #subscribed: string[] = []
  #closed = false
  readonly #lost = Promise.withResolvers<string>()
  /** Resolves with the reason when there is no session any more that the follower needs. */
  readonly lost = this.#lost.promise

  constructor(options: UpstreamSessionsOptions) {
    this.#options = options
    const { clock, limits } = options
    const { sessionsPerSecond, inFlight, waiting } = limits
    this.#pace = new RequestBudget(clock, {
      requestsPerSecond: sessionsPerSecond,
      burst: sessionsPerSecond,
      inFlight,
      waiting,
    })
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * Resolves when the watching session is up and subscribed, or without one when the first session of an agent is. The
   * others follow, a few per second.
   *
   * @throws UpstreamError
   */
  async start(): Promise<void> {
    const { watch, agents } = this.#options
    if (watch !== undefined) await this.#startWatching(watch)
    const first = this.#keepNew(agents)
    if (watch !== undefined || first.length === 0) return
    await Promise.any(first).catch(() => {
      throw new UpstreamError('UPSTREAM_UNREACHABLE', 'XMPP: no session of an agent could be opened')
    })
  }

  /** Others are followed now: sessions and subscriptions begin for those who came, and sessions of those who left end. */
  async follow(agents: readonly string[], nodes: readonly string[]): Promise<void> {
    if (this.#closed) return
    for (const agent of [...this.#wanted].filter((each) => !agents.includes(each))) {
      this.#wanted.delete(agent)
      this.#open
        .get(agent)
        ?.close()
        .catch(() => undefined)
    }
    this.#keepNew(agents)
    if (this.#watching) await this.#subscribe(this.#watching, nodes)
  }

  /** Each session tries again by itself. What is returned says only how the first attempts ended. */
  #keepNew(agents: readonly string[]): readonly Promise<void>[] {
    for (const agent of agents) this.#wanted.add(agent)
    return agents
      .filter((agent) => !this.#kept.has(agent))
      .map((agent) => {
        const first = this.#keep(agent)
        first.catch(() => undefined)
        return first
      })
  }

  /** Ends everything that this class opened. */
  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#timers) cancel()
    this.#pace.close()
    this.#lost.resolve('closed')
    const { watch } = this.#options
    const closing = [...this.#open].map(([user, session]) => session.close(user === watch ? this.#subscribed : []))
    await Promise.all(closing)
  }

  async #startWatching(watch: string): Promise<void> {
    const session = await this.#connect(watch)
    await this.#subscribe(session, this.#options.nodes)
    this.#watching = session
    session.lost.then(
      () => this.#lost.resolve(session.why || 'the session was closed'),
      () => undefined,
    )
  }

  async #subscribe(session: UpstreamSession, nodes: readonly string[]): Promise<void> {
    const { logger, side } = this.#options
    for (const node of nodes.filter((each) => !this.#subscribed.includes(each))) {
      const refused = await session.subscribe(node)
      if (refused === undefined) this.#subscribed.push(node)
      else logger.warn({ node, condition: refused, domain: side.domain }, 'no subscription: reads replace it')
    }
  }

  /** One session, open. */
  async #connect(user: string): Promise<UpstreamSession> {
    const { side, accounts, resource, clock, logger, limits, onNotification, onBeacon } = this.#options
    const account = accounts.usable(user)
    if (!account) throw new UpstreamError('UPSTREAM_DENIED', `XMPP: ${user} is refused, or has no password`)
    const { xmpp, domain, pubsub = `pubsub.${domain}` } = side
    const session = new UpstreamSession({
      xmpp,
      domain,
      pubsub,
      resource,
      account,
      accounts,
      clock,
      logger,
      limits,
      onNotification: (delivered) => {
        if (!this.#closed) onNotification(delivered)
      },
      onBeacon: (available) => {
        if (!this.#closed) onBeacon(available)
      },
    })
    this.#open.set(user, session)
    try {
      await session.open()
    } catch (error) {
      this.#open.delete(user)
      throw error
    }
    return session
  }

  /** Resolves when the session of the agent is up for the first time; rejects if the first attempt fails. Never stops. */
  #keep(agent: string): Promise<void> {
    this.#kept.add(agent)
    return new Promise((resolve, reject) => {
      void this.#keepOpen(agent, resolve, reject).then(() => {
        this.#kept.delete(agent)
        if (this.#isWanted(agent)) this.#keepNew([agent])
      })
    })
  }

  async #keepOpen(agent: string, up: () => void, failed: (error: unknown) => void): Promise<void> {
    const { limits, logger, onAgent, random, clock } = this.#options
    let last: number | undefined
    while (this.#isWanted(agent)) {
      let since = clock.now()
      try {
        const session = await this.#pace.run('resync', () => this.#connect(agent))
        if (!this.#isWanted(agent)) {
          this.#open.delete(agent)
          return await session.close()
        }
        since = clock.now()
        up()
        onAgent(agent, true)
        await session.lost
        this.#open.delete(agent)
        onAgent(agent, false)
        if (this.#open.size === 0) this.#lost.resolve(session.why || 'all sessions were closed')
      } catch (error) {
        failed(error)
        logger.debug({ err: error, agent }, 'no session of an agent')
      }
      // A session that ends at once, for example because another program has its name, is opened more and more slowly.
      if (clock.now() - since >= limits.longestRetryMs) last = undefined
      last = nextPause({ first: limits.firstRetryMs, longest: limits.longestRetryMs }, last)
      if (this.#isWanted(agent)) await this.#pause(spread(last, random))
    }
  }

  #isWanted(agent: string): boolean {
    return !this.#closed && this.#wanted.has(agent)
  }

  #pause(milliseconds: number): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const done = () => {
        this.#timers.delete(end)
        resolve()
      }
      const cancel = clock.at(clock.now() + milliseconds, done)
      const end = () => {
        cancel()
        done()
      }
      this.#timers.add(end)
    })
  }
}
