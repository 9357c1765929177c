import { type Logger, pino } from 'pino'
import { type Accounts, accountsOf, type HasAccounts } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import { lookup } from '../directory/lookup.ts'
import type { Directory } from '../directory/model.ts'
import { checkSide } from '../engine/adapters.ts'
import { followLoss } from '../engine/aggregate/side/loss.ts'
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'
import { connectionGuard } from '../sockets/index.ts'
import type { CommonServiceOptions, RunningNotificationService } from './common-service.ts'
import { type GatewayFigures, NO_FIGURES, PublicationListeners, type Published } from './gateway/figures.ts'
import { Gateway, type GatewayEngine } from './gateway.ts'
import { lastWords } from './last-words.ts'
import { finesseRendering, type Hosts } from './rendering.ts'
import { GATEWAY_ACCOUNT } from './service/account.ts'
import { clientEntrance, GATEWAY_CONNECTIONS, gatewayEntrance, newGatewaySecret } from './service/entrances.ts'
import { type Limits, limitsFor } from './service/limits.ts'
import { BoshEntry } from './service/listeners/bosh-entry.ts'
import type { HttpEntry } from './service/listeners/http.ts'
import { listenTcp } from './service/listeners/sockets.ts'
import { WebSocketEntry } from './service/listeners/websocket-entry.ts'
import { NotificationService } from './service/service.ts'
import { BoshSessions } from './service/transports/bosh/sessions.ts'
import type { Connect } from './service/transports/wire.ts'
import { openSurfaces, type Ports, ServiceListeners, type SurfaceOptions } from './surfaces.ts'

/** The part of the engine that the notification service uses. */
export type NotificationEngine = GatewayEngine &
  Pick<Engine, 'on' | 'delivered' | 'adapters'> &
  HasAccounts & { readonly get: Pick<Engine['get'], 'directory' | 'faults' | 'queue'> }

/** Options of the embedded notification service. */
export interface NotificationServiceOptions extends SurfaceOptions, CommonServiceOptions {
  /** The accounts that may sign in; the engine's own accounts when left out. */
  readonly accounts?: Accounts | undefined
  /** XMPP domain; `localhost` when left out. The pubsub service is `pubsub.<domain>`. */
  readonly domain?: string | undefined
  /** Host names of both sides, as SystemInfo shows them; only the domain when left out. */
  readonly hosts?: Hosts | undefined
  readonly limits?: Partial<Limits> | undefined
  /** Real time when left out, because sockets need real time even if the engine's time is virtual. */
  readonly clock?: Clock | undefined
}

/** Host names of the service. */
function namesOf({ host, domain = 'localhost', hosts }: NotificationServiceOptions): readonly string[] {
  return [host, domain, hosts?.primary, hosts?.secondary].filter((name) => name !== undefined)
}

/** The embedded service of one side, with its listeners and the gateway. */
class Embedded {
  readonly service: NotificationService
  readonly bosh: BoshEntry
  readonly webSocket: WebSocketEntry
  readonly #engine: NotificationEngine
  readonly #options: NotificationServiceOptions
  readonly #boshSessions: BoshSessions
  readonly #clientListeners = new ServiceListeners()
  readonly #gatewayListeners = new ServiceListeners()
  readonly #connectClient: Connect
  readonly #stopListening: readonly (() => void)[]
  readonly #accounts: Accounts
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #published = new PublicationListeners((error) =>
    this.#logger.error({ err: error }, 'a listener of publications threw'),
  )
  #gateway: Gateway | undefined
  #isLost = false
  #closing: Promise<void> | undefined

  constructor(engine: NotificationEngine, options: NotificationServiceOptions) {
    this.#engine = engine
    this.#options = options
    this.#clock = options.clock ?? systemClock()
    this.#logger = options.logger ?? pino({ level: 'silent' })
    this.#accounts = accountsOf(options.accounts, engine, (error) =>
      this.#logger.error({ err: error }, 'the accounts could not say which accounts exist'),
    )
    this.service = new NotificationService({
      domain: options.domain ?? 'localhost',
      directory: () => engine.get.directory(),
      knows: ({ id, kind }) => kind === 'gateway' || (this.#accounts.has?.({ id, kind }) ?? true),
      records: engine.adapters.records,
      collection: `xmpp-subscriptions-${options.side ?? 'A'}`,
      authorizeSubscriptions: options.authorizeSubscriptions ?? true,
      clock: this.#clock,
      logger: this.#logger,
      limits: limitsFor(engine.get.directory().users.length, options.limits),
    })
    const idOf = (name: string) => lookup(engine.get.directory()).userByName(name)?.id ?? name
    const entrance = clientEntrance(this.#accounts, this.service.limits, idOf)
    this.#connectClient = (wire) => this.service.connect(wire, entrance)
    const { limits } = this.service
    const access = { cors: options.cors ?? 'enable_all', names: namesOf(options) }
    this.#boshSessions = new BoshSessions(this.#clock, limits, this.#connectClient)
    this.bosh = new BoshEntry(this.#boshSessions, limits, access)
    this.webSocket = new WebSocketEntry(limits, access, this.#connectClient)
    const { side = 'A' } = options
    this.#stopListening = [
      followLoss(engine, side, (lost) => this.#lose(lost)),
      engine.on('reset', () => {
        this.#gateway?.abandon()
        this.service.reset()
      }),
      engine.on('directory', ({ before }) => void this.#follow(before)),
      this.#accounts.tokens?.onEnd?.((user) => this.service.endTokenSessions(user)) ?? (() => undefined),
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

  /** Opens the surfaces for clients. Rejects with `ListenFailure`, which names the surface and its port. */
  async openClients(): Promise<Ports> {
    const entry: HttpEntry = {
      handleRequest: (request, response) => this.bosh.handleRequest(request, response),
      handleUpgrade: (request, socket, head) => this.webSocket.handleUpgrade(request, socket, head),
    }
    const { side = 'A' } = this.#options
    const users = this.#engine.get.directory().users.length
    const behind = { connect: this.#connectClient, entry, limits: this.service.limits, side, users }
    const ports = await openSurfaces(this.#clientListeners, this.#options, behind)
    this.#clientListeners.lose(this.#isLost)
    return ports
  }

  /** Connects the engine through a listener of its own, so that it does not depend on the public ones. */
  async openGateway(): Promise<void> {
    const { limits, domain, pubsubDomain } = this.service
    const password = newGatewaySecret()
    const entrance = gatewayEntrance(password, limits)
    const guard = connectionGuard({ withoutSession: GATEWAY_CONNECTIONS / 2 })
    const place = { surface: 'gateway', host: '127.0.0.1', port: 0, guarding: { guard, surface: 'gateway' } }
    // Only this process writes there. Its stanzas are larger, and escaped documents contain many references.
    const bounds = { ...limits, stanzaBytes: limits.gatewayStanzaBytes, nodes: limits.gatewayStanzaBytes }
    const port = await this.#gatewayListeners.add(
      listenTcp(place, bounds, (wire) => this.service.connect(wire, entrance)),
    )
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
    this.service.keep(before)
    await lastWords(this.#engine, this.#clock)
    this.service.forget(before)
  }

  /** Sets whether the side is lost. The engine's own session stays open. */
  #lose(lost: boolean): void {
    this.#isLost = lost
    // The connections are reset first, before the layers above can end their streams and sessions.
    this.#clientListeners.lose(lost)
    this.service.lose(lost)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    // The gateway is closed first, so that the engine does not take the shutdown for agents who disconnect.
    await this.#gateway?.close()
    this.service.stop()
    await this.#boshSessions.told()
    await Promise.all([this.#clientListeners.close(), this.#gatewayListeners.close()])
    await this.webSocket.drained()
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
  checkSide(engine.adapters, options.side ?? 'A')
  const embedded = new Embedded(engine, options)
  try {
    const ports = await embedded.openClients()
    await embedded.openGateway()
    const { domain, pubsubDomain, figures } = embedded.service
    return {
      domain,
      pubsubDomain,
      ports,
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
      handleRequest: (request, response) => embedded.bosh.handleRequest(request, response),
      handleUpgrade: (request, socket, head) => embedded.webSocket.handleUpgrade(request, socket, head),
      close: () => embedded.close(),
    }
  } catch (error) {
    await embedded.close()
    throw error
  }
}
