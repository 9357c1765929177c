import { xml } from '@xmpp/client'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import { type Clock, type Publication, type Publisher, Undeliverable } from '../engine/ports.ts'
import type { Notification } from '../engine/values.ts'
import { Backoff } from './gateway/backoff.ts'
import { Connection } from './gateway/connection.ts'
import type { GatewayFigures, Published } from './gateway/figures.ts'
import type { Preparation } from './gateway/preparation.ts'
import { ConnectionLost, RequestRefused } from './gateway/requests.ts'
import { escapedBytes, withoutForbiddenCharacters } from './gateway/text.ts'
import { Turns } from './gateway/turns.ts'
import { lastWords } from './last-words.ts'
import { DirectoryIndex } from './service/directory-index.ts'
import { parseJid } from './service/jid.ts'

/** What the gateway needs of the engine. */
export type GatewayEngine = Pick<Engine, 'presence' | 'notificationService' | 'attach' | 'detach' | 'delivered'> & {
  readonly get: Pick<Engine['get'], 'directory'>
}

/** Bounds of the gateway. */
export interface GatewayLimits {
  /** Publications without an answer at a time. */
  readonly inFlight: number
  /** Publications that may wait for their turn. */
  readonly waiting: number
  /** Largest `Update` document, bytes of UTF-8 once escaped; a larger one would end the stream for everybody. */
  readonly documentBytes: number
  /** Milliseconds that the service may take to answer; longer than it waits for a client that does not read. */
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  /** Milliseconds between pings, so that a dead service is noticed. */
  readonly pingEveryMs: number
  /** First and longest wait before another attempt to connect. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
}

export const defaultGatewayLimits: GatewayLimits = {
  inFlight: 256,
  waiting: 20_000,
  documentBytes: 1000 * 1024,
  requestTimeoutMs: 30_000,
  connectTimeoutMs: 20_000,
  pingEveryMs: 30_000,
  firstRetryMs: 200,
  longestRetryMs: 30_000,
}

export interface GatewayOptions {
  readonly side: Side
  /** For example `xmpp://127.0.0.1:5222`. */
  readonly service: string
  readonly domain: string
  /** `pubsub.` and the domain when left out. */
  readonly pubsubDomain?: string
  readonly username: string
  readonly password: string
  readonly resource?: string
  /** The `Update` document of a notification, as XML without declaration. */
  readonly render: (notification: Notification) => string
  readonly limits?: Partial<GatewayLimits>
  readonly clock: Clock
  readonly logger: Logger
  /** For the jitter of retries: from 0 up to, not including, 1. */
  readonly random?: () => number
  /** What the service needs beside; nothing when left out, as the embedded one. */
  readonly preparation?: Preparation
  /** Hears of each publication; must not throw. */
  readonly onPublished?: (published: Published) => void
}

/** Conditions that say of a publication that it will never be taken, as it is. */
const NEVER_TAKEN: readonly string[] = ['not-acceptable', 'bad-request']
/** Conditions that say that the node is not as it should be. */
const NODE_AMISS: readonly string[] = ['item-not-found', 'forbidden', 'not-allowed']

/** A notification that no service would take; sending it again would not help. */
export class DocumentTooLarge extends Undeliverable {
  constructor(bytes: number, limit: number) {
    super(`the document has ${bytes} bytes, the limit is ${limit}`)
    this.name = 'DocumentTooLarge'
  }
}

/**
 * The engine's session at a notification service, embedded or external: publishes for one side, and tells the engine who
 * is there. It connects again by itself, with growing waits, until it is closed.
 */
export class Gateway implements Publisher {
  readonly #engine: GatewayEngine
  readonly #options: GatewayOptions
  readonly #limits: GatewayLimits
  readonly #pubsub: string
  readonly #users: DirectoryIndex
  readonly #backoff: Backoff
  readonly #turns: Turns
  /** The session that publishes; there is none until the engine has been told that the service is there. */
  #up: Connection | undefined
  #current: Connection | undefined
  #closed = false
  #endPause: () => void = () => undefined
  #announceClosing: () => void = () => undefined
  readonly #closing: Promise<void>
  /** Counts how often what waits was given up. */
  #life = 0
  /** Settles when the engine has taken every presence so far. */
  #fed: Promise<unknown> = Promise.resolve()
  #running: Promise<void> = Promise.resolve()
  /** The service is being set up for a changed directory. */
  #refreshing: Promise<void> | undefined
  /** Settles when the service is as the directory wants it, what is gone included. */
  #following: Promise<unknown> = Promise.resolve()
  #announceReady: () => void = () => undefined
  #announceTried: () => void = () => undefined
  readonly #counts = { published: 0, failed: 0, sessions: 0, failedAttempts: 0 }
  /** Resolves when the service was reached for the first time, or the gateway was closed. */
  readonly ready: Promise<void>
  /** Resolves when the first attempt to reach the service has come to its end, good or bad. */
  readonly tried: Promise<void>

  constructor(engine: GatewayEngine, options: GatewayOptions) {
    this.#engine = engine
    this.#options = options
    this.#limits = { ...defaultGatewayLimits, ...options.limits }
    this.#pubsub = options.pubsubDomain ?? `pubsub.${options.domain}`
    this.#users = new DirectoryIndex(() => engine.get.directory())
    const retries = { firstMs: this.#limits.firstRetryMs, longestMs: this.#limits.longestRetryMs }
    this.#backoff = new Backoff(retries, options.random ?? Math.random)
    this.#turns = new Turns(this.#limits.inFlight, this.#limits.waiting)
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
    return { ...this.#counts, inFlight: this.#turns.running, waiting: this.#turns.waiting }
  }

  /**
   * Resolves when the service has handled everything that was sent to it, and the engine has taken every presence that
   * the service has told of meanwhile. At once without a connection. With a preparation: when that is over as well.
   */
  async settled(): Promise<void> {
    // Presences come on the same stream, before the answer. A session that is lost has nothing more to tell.
    await this.#up?.ping().catch(() => undefined)
    await this.#fed
    await this.#following
  }

  /**
   * The directory has changed: sets the service up for it at once, and takes away what is gone when the notifications of it
   * have left. Without a connection that is done when there is one.
   */
  follow(): void {
    const connection = this.#up
    if (connection === undefined || this.#options.preparation === undefined) return
    this.#following = Promise.all([this.#following, this.#follow(connection)])
  }

  /** Never rejects. */
  async #follow(connection: Connection): Promise<void> {
    const { preparation, clock, logger, side } = this.#options
    try {
      await this.#refresh(connection)
      await this.#unlessClosed(lastWords(this.#engine, clock))
      if (this.#up === connection) await preparation?.tidy(connection)
    } catch (error) {
      if (this.#up === connection)
        logger.warn({ err: error, side }, 'the notification service could not be set up for the directory')
    }
  }

  /** Gives up what waits for its turn: the engine has begun anew. The session goes on. */
  abandon(): void {
    this.#life += 1
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
  async publish(publication: Publication): Promise<void> {
    const connection = this.#up
    if (connection === undefined) throw new ConnectionLost('there is no connection to the notification service')
    const document = withoutForbiddenCharacters(this.#render(publication.notification))
    const bytes = escapedBytes(document)
    if (bytes > this.#limits.documentBytes) throw new DocumentTooLarge(bytes, this.#limits.documentBytes)
    const { clock } = this.#options
    const since = clock.now()
    let outcome: Published['outcome'] = 'failed'
    try {
      await this.#inTurn(connection, publication, document)
      outcome = 'published'
    } catch (error) {
      throw await this.#refused(connection, publication, error)
    } finally {
      this.#counts[outcome] += 1
      this.#options.onPublished?.({ outcome, milliseconds: clock.now() - since })
    }
  }

  async #inTurn(connection: Connection, { itemId, notification: { node } }: Publication, document: string) {
    const { notificationNamespace } = this.#engine.get.directory().settings
    const xmlns = this.#options.preparation?.namespaceFor(notificationNamespace) ?? notificationNamespace
    const life = this.#life
    await this.#turns.run(async () => {
      if (life !== this.#life) throw new Error('the engine has begun anew, this is of before')
      await this.#refresh(connection)
      await connection.request('set', this.#pubsub, () => {
        const item = xml('item', { id: itemId }, xml('notification', { xmlns }, document))
        return xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, xml('publish', { node }, item))
      })
    })
  }

  /** What to make of a refusal: the publication is tried again unless this is `Undeliverable`. */
  async #refused(connection: Connection, { notification: { node } }: Publication, error: unknown): Promise<unknown> {
    const { preparation, logger, side } = this.#options
    if (preparation === undefined || !(error instanceof RequestRefused)) return error
    if (NEVER_TAKEN.includes(error.condition))
      return new Undeliverable(`the notification service refuses the document: ${error.condition}`, error)
    if (!NODE_AMISS.includes(error.condition)) return error
    logger.warn({ side, node, condition: error.condition }, 'a node is not as it should be and is set up again')
    try {
      const isKnown = await preparation.repair(connection, node)
      return isKnown ? error : new Undeliverable('the node belongs to nobody in the directory', error)
    } catch (failure) {
      logger.warn({ err: failure, side, node }, 'the node could not be set up')
      return error
    }
  }

  #render(notification: Notification): string {
    try {
      return this.#options.render(notification)
    } catch (error) {
      throw new Undeliverable('the notification cannot be rendered', error)
    }
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
    const connection = new Connection({
      ...this.#options,
      requestTimeoutMs: this.#limits.requestTimeoutMs,
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      onPresence: (from, available) => {
        if (this.#current === connection) this.#feed(from, available)
      },
    })
    this.#current = connection
    try {
      await connection.open()
      await this.#options.preparation?.prepare(connection)
      await connection.appear()
      await this.#unlessClosed(this.#fed)
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

  async #publishThrough(connection: Connection): Promise<void> {
    const { side, service, logger } = this.#options
    const told = this.#engine.notificationService(side, true)
    await this.#unlessClosed(told)
    try {
      if (this.#closed) return
      this.#up = connection
      this.#engine.attach(side, this)
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
      this.#engine.detach(side)
      const told = this.#engine.notificationService(side, false).catch((error: unknown) => {
        logger.warn({ err: error, side }, 'the engine did not take the loss of the notification service')
      })
      await this.#unlessClosed(told)
    }
  }

  /** Pings until the session is over; one that does not answer is over. */
  async #watch(connection: Connection): Promise<void> {
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
  async #check(connection: Connection): Promise<void> {
    await connection.ping()
    // Where it failed before.
    if (this.#options.preparation?.isStale) await this.#follow(connection)
  }

  /** After a change of the directory: whoever publishes meanwhile waits, because the nodes may be missing. */
  async #refresh(connection: Connection): Promise<void> {
    const { preparation } = this.#options
    // It may change again meanwhile.
    while (preparation?.isStale) {
      this.#refreshing ??= preparation.prepare(connection).finally(() => {
        this.#refreshing = undefined
      })
      await this.#refreshing
    }
  }

  /** The engine orders presence by the order of these calls; it is told of users only (`notifications.md` 9). */
  #feed(from: string, available: boolean): void {
    const { side, logger } = this.#options
    const jid = parseJid(from)
    const user = jid === undefined || jid.resource === '' ? undefined : this.#users.userByLocal(jid.local)
    if (user === undefined) return
    const taken = this.#engine.presence({ user: user.id, side, session: from, available }).catch((error: unknown) => {
      logger.warn({ err: error, side, user: user.id }, 'the engine did not take a presence')
    })
    this.#fed = Promise.all([this.#fed, taken])
  }
}
