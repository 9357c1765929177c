import { xml } from '@xmpp/client'
import type { Engine, EngineAdapters } from '../engine/api.ts'
import type { Publication, Publisher, Taken } from '../engine/ports.ts'
import { nextPause, spread } from '../waiting/pause.ts'
import { XmppConnection } from '../xmpp-session/connection.ts'
import { ConnectionLost } from '../xmpp-session/requests.ts'
import type { GatewayFigures } from './gateway/figures.ts'
import { defaultGatewayLimits, type GatewayLimits } from './gateway/limits.ts'
import { NotPublished } from './gateway/not-published.ts'
import { PresenceFeed } from './gateway/presence-feed.ts'
import { Publishing, type PublishingOptions } from './gateway/publishing.ts'
import { Upkeep } from './gateway/upkeep.ts'
import { lastWords } from './last-words.ts'
import { NS } from './service/namespaces.ts'

/** The part of the engine that the gateway uses. */
export type GatewayEngine = Pick<Engine, 'delivered'> & {
  readonly get: Pick<Engine['get'], 'directory'>
  readonly adapters: Omit<EngineAdapters, 'records' | 'sides'>
}

/** How the gateway connects, signs in and publishes. */
export interface GatewayOptions extends PublishingOptions {
  /** Address of the service, for example `xmpp://127.0.0.1:5222`. */
  readonly service: string
  readonly domain: string
  /** `pubsub.<domain>` when left out. */
  readonly pubsubDomain?: string | undefined
  readonly username: string
  readonly password: string
  readonly resource?: string | undefined
  readonly limits?: Partial<GatewayLimits> | undefined
  /** Random numbers for the jitter of retries, from 0 up to, but not including, 1. `Math.random` when left out. */
  readonly random?: (() => number) | undefined
}

/**
 * The engine's own session at a notification service, embedded or external. It publishes the notifications of one side
 * and reports presence to the engine. It reconnects by itself, with growing waits, until it is closed.
 */
export class Gateway implements Publisher {
  readonly #engine: GatewayEngine
  readonly #options: GatewayOptions
  readonly #limits: GatewayLimits
  /** The pause before the last attempt, in ms; none after a connection that has lasted. */
  #lastPause: number | undefined
  readonly #publishing: Publishing
  readonly #presence: PresenceFeed
  readonly #upkeep: Upkeep
  /** The connection that publishes; `undefined` until the engine knows that the service is available. */
  #up: XmppConnection | undefined
  #current: XmppConnection | undefined
  #closed = false
  #endPause: () => void = () => undefined
  readonly #closing = Promise.withResolvers<void>()
  #running: Promise<void> = Promise.resolve()
  readonly #ready = Promise.withResolvers<void>()
  readonly #tried = Promise.withResolvers<void>()
  readonly #counts = { sessions: 0, failedAttempts: 0 }
  /** Resolves when the gateway is connected for the first time, or closed. */
  readonly ready = this.#ready.promise
  /** Resolves when the first attempt to connect has succeeded or failed. */
  readonly tried = this.#tried.promise

  constructor(engine: GatewayEngine, options: GatewayOptions) {
    this.#engine = engine
    this.#options = options
    this.#limits = { ...defaultGatewayLimits, ...options.limits }
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
      refresh: (connection: XmppConnection) => this.#upkeep.refresh(connection),
      isOwnerThere: (node: string) => this.#presence.isOwnerThere(node),
    }
    this.#publishing = new Publishing(options, place, this.#limits)
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
   * the service has sent up to then. With a preparation, it also waits for the end of the upkeep. Without a connection
   * it does not wait for the service.
   */
  async settled(): Promise<void> {
    // Presences come on the same stream, before the answer. A lost connection brings no more presences.
    await this.#up?.ping().catch(() => undefined)
    await this.#presence.taken
    await this.#upkeep.settled
  }

  /**
   * Sets the service up for a changed directory at once. Nodes that are no longer in the directory are deleted after
   * their last notifications were delivered. Without a connection this is done after the next one is up.
   */
  follow(): void {
    if (this.#up !== undefined) this.#upkeep.follow(this.#up)
  }

  /** Tells an embedded service in another process that the last access token of a user has ended. Never rejects. */
  async tokensEnded(user: string): Promise<void> {
    const { domain, logger, side } = this.#options
    const told = this.#up?.request('set', domain, () => xml('ended', { xmlns: NS.tokens, user }))
    await told?.catch((error: unknown) => {
      logger.warn({ err: error, side }, 'sessions with an access token that has ended may go on')
    })
  }

  /** Drops the waiting publications after a reset of the engine. The session stays open. */
  abandon(): void {
    this.#publishing.abandon()
  }

  /** Begins to connect. Call it once. It does nothing after `close`. */
  start(): void {
    if (!this.#closed) this.#running = this.#run()
  }

  /** Ends the session and reports the loss of the service to the engine. Unanswered publications are rejected. */
  async close(): Promise<void> {
    this.#closed = true
    this.#closing.resolve()
    this.#endPause()
    const closed = this.#current?.close()
    await this.#running
    await closed
    this.#ready.resolve()
    this.#tried.resolve()
  }

  /**
   * Publishes one notification. Resolves when the service has answered. Rejects with `ConnectionLost` without a
   * connection, `RequestRefused` on an error answer, and `Undeliverable` for a document that is too large for the
   * gateway (`DocumentTooLarge`) or for the service. Rejects with `NotPublished` when the answer is late,
   * when too many publications wait, and after a reset of the engine.
   */
  async publish(publication: Publication): Promise<Taken> {
    const connection = this.#up
    if (connection === undefined) throw new ConnectionLost('there is no connection to the notification service')
    return this.#publishing.publish(connection, publication)
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const { clock, logger, side, service, random = Math.random } = this.#options
      const { firstRetryMs: first, longestRetryMs: longest } = this.#limits
      const since = clock.now()
      try {
        await this.#serve()
        if (!this.#closed) logger.warn({ side, service }, 'connection to the notification service lost')
      } catch (error) {
        this.#counts.failedAttempts += 1
        if (!this.#closed) logger.warn({ err: error, side, service }, 'notification service not reached')
      }
      this.#tried.resolve()
      // A service that accepts the connection and drops it at once is retried as slowly as one that cannot be reached.
      if (clock.now() - since >= longest) this.#lastPause = undefined
      this.#lastPause = nextPause({ first, longest }, this.#lastPause)
      if (!this.#closed) await this.#pause(spread(this.#lastPause, random))
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

  /** Runs one session, from connecting to its loss. */
  async #serve(): Promise<void> {
    const connection = new XmppConnection({
      ...this.#options,
      requestTimeoutMs: this.#limits.requestTimeoutMs,
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      late: () => new NotPublished('SERVICE_LATE', 'the notification service is late'),
      probesLostSessions: true,
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

  /**
   * Waits for the engine, but not after `close`: while its store fails, the engine keeps requests and answers them
   * late.
   */
  async #unlessClosed(reported: Promise<unknown>): Promise<void> {
    reported.catch(() => undefined)
    await Promise.race([reported, this.#closing.promise])
  }

  async #publishThrough(connection: XmppConnection): Promise<void> {
    const { side, service, logger } = this.#options
    const reported = this.#engine.adapters.notificationService(side, true)
    await this.#unlessClosed(reported)
    try {
      if (this.#closed) return
      this.#up = connection
      this.#engine.adapters.attach(side, this)
      this.#counts.sessions += 1
      this.#ready.resolve()
      this.#tried.resolve()
      logger.info({ side, service }, 'connected to the notification service')
      // Removed nodes may have waited for this session, because their last notifications could not be delivered before.
      this.follow()
      await this.#watch(connection)
    } finally {
      this.#up = undefined
      this.#current = undefined
      this.#engine.adapters.detach(side)
      const reported = this.#engine.adapters.notificationService(side, false).catch((error: unknown) => {
        logger.warn({ err: error, side }, 'the engine did not take the loss of the notification service')
      })
      await this.#unlessClosed(reported)
    }
  }

  /** Pings until the session is lost. A session that does not answer is closed. */
  async #watch(connection: XmppConnection): Promise<void> {
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

  /** Rejects when the service does not answer. Also repeats a setup that failed before. */
  async #check(connection: XmppConnection): Promise<void> {
    await connection.ping()
    await this.#upkeep.check(connection)
  }
}
