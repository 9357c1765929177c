import { type Logger, pino } from 'pino'
import { type Accounts, accountsOf, type HasAccounts } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import type { Directory } from '../directory/model.ts'
import { checkSide } from '../engine/adapters.ts'
import { followLoss } from '../engine/aggregate/side/loss.ts'
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'
import type { CommonServiceOptions, RunningNotificationService } from './common-service.ts'
import { Front, type FrontOptions } from './front.ts'
import { type GatewayFigures, NO_FIGURES, PublicationListeners, type Published } from './gateway/figures.ts'
import { Gateway, type GatewayEngine } from './gateway.ts'
import { lastWords } from './last-words.ts'
import { finesseRendering } from './rendering.ts'
import { GATEWAY_ACCOUNT } from './service/account.ts'

/** The part of the engine that the notification service uses. */
export type NotificationEngine = GatewayEngine &
  Pick<Engine, 'on' | 'delivered' | 'adapters'> &
  HasAccounts & { readonly get: Pick<Engine['get'], 'directory' | 'faults' | 'queue'> }

/** Options of the embedded notification service. */
export interface NotificationServiceOptions extends FrontOptions, CommonServiceOptions {
  /** The accounts that may sign in; the engine's own accounts when left out. */
  readonly accounts?: Accounts | undefined
}

/** The service of one side in this process: its front, and the engine's session there. */
class Embedded {
  readonly front: Front
  readonly #engine: NotificationEngine
  readonly #options: NotificationServiceOptions
  readonly #stopListening: readonly (() => void)[]
  readonly #accounts: Accounts
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #published = new PublicationListeners((error) =>
    this.#logger.error({ err: error }, 'a listener of publications threw'),
  )
  #gateway: Gateway | undefined
  #closing: Promise<void> | undefined

  constructor(engine: NotificationEngine, options: NotificationServiceOptions, given: Front | undefined) {
    this.#engine = engine
    this.#options = options
    this.#clock = options.clock ?? systemClock()
    this.#logger = options.logger ?? pino({ level: 'silent' })
    this.#accounts = accountsOf(options.accounts, engine, (error) =>
      this.#logger.error({ err: error }, 'the accounts could not say which accounts exist'),
    )
    const backing = {
      directory: () => engine.get.directory(),
      accounts: this.#accounts,
      records: engine.adapters.records,
    }
    this.front = given ?? new Front({ ...options, clock: this.#clock }, backing)
    if (given) given.backedBy(backing)
    const { service } = this.front
    this.#stopListening = [
      followLoss(engine, options.side ?? 'A', (lost) => this.front.lose(lost)),
      engine.on('reset', () => {
        this.#gateway?.abandon()
        service.reset()
      }),
      engine.on('directory', ({ before }) => void this.#follow(before)),
      this.#accounts.tokens?.onEnd?.((user) => service.endTokenSessions(user)) ?? (() => undefined),
    ]
  }

  get online(): boolean {
    return this.#gateway?.online ?? false
  }

  get figures(): GatewayFigures {
    return this.#gateway?.figures ?? NO_FIGURES
  }

  onPublished(listener: (published: Published) => void): void {
    this.#published.add(listener)
  }

  async settled(): Promise<void> {
    await this.#gateway?.settled()
  }

  /** Connects the engine. */
  async openGateway(): Promise<void> {
    const { domain, pubsubDomain } = this.front.service
    const { port, password } = await this.front.gatewayPlace()
    const { side = 'A', gatewayLimits } = this.#options
    this.#gateway = new Gateway(this.#engine, {
      side,
      service: `xmpp://127.0.0.1:${port}`,
      domain,
      pubsubDomain,
      username: GATEWAY_ACCOUNT,
      password,
      render:
        this.#options.render ??
        finesseRendering(domain, pubsubDomain, this.#engine, this.#options.hosts, this.#accounts.tokens?.mode),
      onPublished: (published) => this.#published.tell(published),
      clock: this.#clock,
      logger: this.#logger,
      ...(gatewayLimits === undefined ? {} : { limits: gatewayLimits }),
    })
    this.#gateway.start()
    await this.#gateway.ready
  }

  /**
   * Follows a change of the directory: sessions of removed accounts first get their last notifications, then their
   * streams are ended. Never rejects.
   */
  async #follow(before: Directory): Promise<void> {
    const { service } = this.front
    service.keep(before)
    await lastWords(this.#engine, this.#clock)
    service.forget(before)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    // The gateway is closed first, so that the engine does not take the shutdown for agents who disconnect.
    await this.#gateway?.close()
    await this.front.close()
  }
}

/**
 * Starts the embedded notification service of one side and connects the engine to it. Resolves when both are up. When a
 * port cannot be opened, it stops everything and rejects with `ListenFailure`, which names the surface and its port.
 *
 * @throws InvalidArgument for a side that the engine does not have.
 */
export async function embeddedService(
  engine: NotificationEngine,
  options: NotificationServiceOptions = {},
): Promise<RunningNotificationService> {
  return start(engine, options, undefined)
}

/**
 * Connects the engine to a front that is open already, perhaps with clients. From now on the front has accounts,
 * directory and subscriptions from the engine, and it is closed with the returned service. The options of the surfaces
 * are those of the front.
 *
 * @throws InvalidArgument for a side that the engine does not have.
 */
export async function serviceBehind(
  front: Front,
  engine: NotificationEngine,
  options: NotificationServiceOptions = {},
): Promise<RunningNotificationService> {
  return start(engine, options, front)
}

async function start(
  engine: NotificationEngine,
  options: NotificationServiceOptions,
  given: Front | undefined,
): Promise<RunningNotificationService> {
  checkSide(engine.adapters, options.side ?? 'A')
  const embedded = new Embedded(engine, options, given)
  const { front } = embedded
  try {
    if (given === undefined) await front.openClients()
    await embedded.openGateway()
    const { domain, pubsubDomain, figures } = front.service
    return {
      domain,
      pubsubDomain,
      ports: front.ports,
      get figures() {
        return { ...figures }
      },
      get online() {
        return embedded.online
      },
      get gateway() {
        return embedded.figures
      },
      onPublished: (listener) => embedded.onPublished(listener),
      tried: Promise.resolve(),
      settled: () => embedded.settled(),
      handleRequest: (request, response) => front.handleRequest(request, response),
      handleUpgrade: (request, socket, head) => front.handleUpgrade(request, socket, head),
      close: () => embedded.close(),
    }
  } catch (error) {
    await embedded.close()
    throw error
  }
}
