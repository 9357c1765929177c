import type { Engine, EngineAdapters } from '../engine/api.ts'
import type { Publication, Publisher, Taken } from '../engine/ports.ts'
import { Backoff } from './gateway/backoff.ts'
import { GatewayConnection } from './gateway/connection.ts'
import type { GatewayFigures } from './gateway/figures.ts'
import { defaultGatewayLimits, type GatewayLimits } from './gateway/limits.ts'
import { PresenceFeed } from './gateway/presence-feed.ts'
import { Publishing, type PublishingOptions } from './gateway/publishing.ts'
import { ConnectionLost } from './gateway/requests.ts'
import { Upkeep } from './gateway/upkeep.ts'
import { lastWords } from './last-words.ts'

/** What the gateway needs of the engine. */
export type GatewayEngine = Pick<Engine, 'delivered'> & {
  readonly get: Pick<Engine['get'], 'directory'>
  readonly adapters: Omit<EngineAdapters, 'records'>
}

export interface GatewayOptions extends PublishingOptions {
  /** For example `xmpp://127.0.0.1:5222`. */
  readonly service: string
  readonly domain: string
  /** `pubsub.` and the domain when left out. */
  readonly pubsubDomain?: string
  readonly username: string
  readonly password: string
  readonly resource?: string
  readonly limits?: Partial<GatewayLimits>
  /** For the jitter of retries: from 0 up to, not including, 1. */
  readonly random?: () => number
}

/**
 * The engine's session at a notification service, embedded or external: publishes for one side, and tells the engine who
 * is there. It connects again by itself, with growing waits, until it is closed.
 */
export class Gateway implements Publisher {
  readonly #engine: GatewayEngine
  readonly #options: GatewayOptions
  readonly #limits: GatewayLimits
  readonly #backoff: Backoff
  readonly #publishing: Publishing
  readonly #presence: PresenceFeed
  readonly #upkeep: Upkeep
  /** The session that publishes; there is none until the engine has been told that the service is there. */
  #up: GatewayConnection | undefined
  #current: GatewayConnection | undefined
  #closed = false
  #endPause: () => void = () => undefined
  #announceClosing: () => void = () => undefined
  readonly #closing: Promise<void>
  #running: Promise<void> = Promise.resolve()
  #announceReady: () => void = () => undefined
  #announceTried: () => void = () => undefined
  readonly #counts = { sessions: 0, failedAttempts: 0 }
  /** Resolves when the service was reached for the first time, or the gateway was closed. */
  readonly ready: Promise<void>
  /** Resolves when the first attempt to reach the service has come to its end, good or bad. */
  readonly tried: Promise<void>

  constructor(engine: GatewayEngine, options: GatewayOptions) {
    this.#engine = engine
    this.#options = options
    this.#limits = { ...defaultGatewayLimits, ...options.limits }
    const retries = { firstMs: this.#limits.firstRetryMs, longestMs: this.#limits.longestRetryMs }
    this.#backoff = new Backoff(retries, options.random ?? Math.random)
    this.#presence = new PresenceFeed(engine, options)
    this.#upkeep = new Upkeep({
      side: options.side,
      logger: options.logger,
      preparation: options.preparation,
      lastWords: () => this.#unlessClosed(lastWords(engine, options.clock)),
      isUp: (connection) => this.#up === connection,
    })
    const place = {
      pubsub: options.pubsubDomain ?? `pubsub.${options.domain}`,
      namespace: () => engine.get.directory().settings.notificationNamespace,
      refresh: (connection: GatewayConnection) => this.#upkeep.refresh(connection),
      isOwnerThere: (node: string) => this.#presence.isOwnerThere(node),
    }
    this.#publishing = new Publishing(options, place, this.#limits)
    this.#closing = new Promise((resolve) => {
      this.#announceClosing = resolve
    })
    this.ready = new Promise((resolve) => {
      this.#announceReady = resolve
    })
    this.tried = new Promise((resolve) => {
      this.#announceTried = resolve
    })
  }

  /** Is the gateway signed in and the engine attached? */
  get online(): boolean {
    return this.#up !== undefined
  }

  get figures(): GatewayFigures {
    return { ...this.#counts, ...this.#publishing.figures }
  }

  /**
   * Resolves when the service has handled everything that was sent to it, and the engine has taken every presence that
   * the service has told of meanwhile. At once without a connection. With a preparation: when that is over as well.
   */
  async settled(): Promise<void> {
    // Presences come on the same stream, before the answer. A session that is lost has nothing more to tell.
    await this.#up?.ping().catch(() => undefined)
    await this.#presence.taken
    await this.#upkeep.settled
  }

  /**
   * The directory has changed: sets the service up for it at once, and takes away what is gone when the notifications of it
   * have left. Without a connection that is done when there is one.
   */
  follow(): void {
    if (this.#up !== undefined) this.#upkeep.follow(this.#up)
  }

  /** Gives up what waits for its turn: the engine has begun anew. The session goes on. */
  abandon(): void {
    this.#publishing.abandon()
  }

  /** Begins to connect. Call once; after `close` nothing happens. */
  start(): void {
    if (!this.#closed) this.#running = this.#run()
  }

  /** Ends the session; the engine learns that the service is gone. Publications without an answer are rejected. */
  async close(): Promise<void> {
    this.#closed = true
    this.#announceClosing()
    this.#endPause()
    const closed = this.#current?.close()
    await this.#running
    await closed
    this.#announceReady()
    this.#announceTried()
  }

  /**
   * Publishes one notification. Rejects without connection (`ConnectionLost`), on an error answer (`RequestRefused`), when
   * the answer is late, when too many wait, and with `Undeliverable` for a document that is too large for us
   * (`DocumentTooLarge`) or for the service.
   */
  async publish(publication: Publication): Promise<Taken> {
    const connection = this.#up
    if (connection === undefined) throw new ConnectionLost('there is no connection to the notification service')
    return this.#publishing.publish(connection, publication)
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const { clock, logger, side, service } = this.#options
      const since = clock.now()
      try {
        await this.#serve()
        if (!this.#closed) logger.warn({ side, service }, 'connection to the notification service lost')
      } catch (error) {
        this.#counts.failedAttempts += 1
        if (!this.#closed) logger.warn({ err: error, side, service }, 'notification service not reached')
      }
      this.#announceTried()
      // A service that takes us and drops us at once deserves the same patience as one that is away.
      if (clock.now() - since >= this.#limits.longestRetryMs) this.#backoff.reset()
      if (!this.#closed) await this.#pause(this.#backoff.next())
    }
  }

  #pause(milliseconds: number): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const cancel = clock.at(clock.now() + milliseconds, resolve)
      this.#endPause = () => {
        cancel()
        resolve()
      }
    })
  }

  /** One session from connection to loss. */
  async #serve(): Promise<void> {
    const connection = new GatewayConnection({
      ...this.#options,
      requestTimeoutMs: this.#limits.requestTimeoutMs,
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      onPresence: (from, available) => {
        if (this.#current === connection) this.#presence.tell(from, available)
      },
    })
    this.#current = connection
    this.#presence.begin()
    try {
      await connection.open()
      await this.#upkeep.prepare(connection)
      await connection.appear()
      await this.#unlessClosed(this.#presence.taken)
      await this.#publishThrough(connection)
    } finally {
      this.#current = undefined
      await connection.close()
    }
  }

  /** While its store refuses changes the engine keeps what it is told, and answers late. The end does not wait for it. */
  async #unlessClosed(told: Promise<unknown>): Promise<void> {
    told.catch(() => undefined)
    await Promise.race([told, this.#closing])
  }

  async #publishThrough(connection: GatewayConnection): Promise<void> {
    const { side, service, logger } = this.#options
    const told = this.#engine.adapters.notificationService(side, true)
    await this.#unlessClosed(told)
    try {
      if (this.#closed) return
      this.#up = connection
      this.#engine.adapters.attach(side, this)
      this.#counts.sessions += 1
      this.#announceReady()
      this.#announceTried()
      logger.info({ side, service }, 'connected to the notification service')
      // Notifications of what is gone may have waited for this session.
      this.follow()
      await this.#watch(connection)
    } finally {
      this.#up = undefined
      this.#current = undefined
      this.#engine.adapters.detach(side)
      const told = this.#engine.adapters.notificationService(side, false).catch((error: unknown) => {
        logger.warn({ err: error, side }, 'the engine did not take the loss of the notification service')
      })
      await this.#unlessClosed(told)
    }
  }

  /** Pings until the session is over; one that does not answer is over. */
  async #watch(connection: GatewayConnection): Promise<void> {
    const { clock } = this.#options
    let cancel: () => void = () => undefined
    const arm = () => {
      cancel = clock.at(clock.now() + this.#limits.pingEveryMs, () => {
        this.#check(connection).then(arm, () => connection.close())
      })
    }
    arm()
    await connection.lost
    cancel()
  }

  /** Is the service there, and still as it should be? */
  async #check(connection: GatewayConnection): Promise<void> {
    await connection.ping()
    await this.#upkeep.check(connection)
  }
}
