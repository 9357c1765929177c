import { type Logger, pino } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/api.ts'
import { systemClock } from '../clock/system-clock.ts'
import { lookup } from '../directory/lookup.ts'
import type { Directory } from '../directory/model.ts'
import type { Clock, RecordStore } from '../engine/ports.ts'
import { connectionGuard } from '../sockets/index.ts'
import type { Hosts } from './rendering.ts'
import { clientEntrance, GATEWAY_CONNECTIONS, gatewayEntrance, newGatewaySecret } from './service/entrances.ts'
import { type Limits, limitsFor } from './service/limits.ts'
import { BoshEntry } from './service/listeners/bosh-entry.ts'
import type { HttpEntry } from './service/listeners/http.ts'
import { listenTcp } from './service/listeners/sockets.ts'
import { WebSocketEntry } from './service/listeners/websocket-entry.ts'
import { NotificationService } from './service/service.ts'
import { collectionOf } from './service/subscriptions.ts'
import { BoshSessions } from './service/transports/bosh/sessions.ts'
import type { Connect } from './service/transports/wire.ts'
import { openSurfaces, type Ports, ServiceListeners, type SurfaceOptions } from './surfaces.ts'

/** Where a front has its accounts, directory and subscriptions from. */
export interface Backing {
  directory(): Directory
  readonly accounts: Accounts
  readonly records: RecordStore
}

/** Options of a front. */
export interface FrontOptions extends SurfaceOptions {
  /** `A` when left out. */
  readonly side?: Side | undefined
  /** XMPP domain; `localhost` when left out. The pubsub service is `pubsub.<domain>`. */
  readonly domain?: string | undefined
  /** Host names of both sides, as SystemInfo shows them; only the domain when left out. */
  readonly hosts?: Hosts | undefined
  /** False allows every user to subscribe to every node (`notifications 5.2`). True when left out. */
  readonly authorizeSubscriptions?: boolean | undefined
  readonly limits?: Partial<Limits> | undefined
  /** Real time when left out, because sockets need real time even if the engine's time is virtual. */
  readonly clock?: Clock | undefined
  /**
   * Another server goes on for the clients. At the end they are reset, because some that are told of a shutdown never come
   * back (`notifications 9.5`). False when left out: they get `system-shutdown`.
   */
  readonly handsOver?: boolean | undefined
  /** No logging when left out. */
  readonly logger?: Logger | undefined
}

/** The listener through which the engine's own session comes, on loopback, and the password of that session. */
export interface GatewayPlace {
  readonly port: number
  readonly password: string
}

/** Host names of the service. */
function namesOf({ host, domain = 'localhost', hosts }: FrontOptions): readonly string[] {
  return [host, domain, hosts?.primary, hosts?.secondary].filter((name) => name !== undefined)
}

/**
 * The notification service of one side, as its clients see it: listeners, sessions and subscriptions. The engine may be
 * in this process or in another one, and move from there to here while the clients stay connected. It is a session of
 * its own, through the gateway's listener.
 */
export class Front implements HttpEntry {
  readonly service: NotificationService
  readonly #options: FrontOptions
  readonly #bosh: BoshEntry
  readonly #webSocket: WebSocketEntry
  readonly #boshSessions: BoshSessions
  readonly #clientListeners = new ServiceListeners()
  readonly #gatewayListeners = new ServiceListeners()
  readonly #connectClient: Connect
  #backing: Backing
  #ports: Ports = {}
  #gateway: Promise<GatewayPlace> | undefined
  #isLost = false
  #closing: Promise<void> | undefined

  constructor(options: FrontOptions, backing: Backing) {
    this.#options = options
    this.#backing = backing
    const clock = options.clock ?? systemClock()
    const records = () => this.#backing.records
    this.service = new NotificationService({
      domain: options.domain ?? 'localhost',
      directory: () => this.#backing.directory(),
      knows: ({ id, kind }) => kind === 'gateway' || (this.#backing.accounts.has?.({ id, kind }) ?? true),
      records: {
        list: (...of) => records().list(...of),
        put: (...one) => records().put(...one),
        delete: (...one) => records().delete(...one),
      },
      collection: collectionOf(options.side ?? 'A'),
      authorizeSubscriptions: options.authorizeSubscriptions ?? true,
      clock,
      logger: options.logger ?? pino({ level: 'silent' }),
      limits: limitsFor(backing.directory().users.length, options.limits),
    })
    const { limits } = this.service
    const idOf = (name: string) => lookup(this.#backing.directory()).userByName(name)?.id ?? name
    const entrance = clientEntrance(() => this.#backing.accounts, limits, idOf)
    this.#connectClient = (wire) => this.service.connect(wire, entrance)
    const access = { cors: options.cors ?? 'enable_all', names: namesOf(options) }
    this.#boshSessions = new BoshSessions(clock, limits, this.#connectClient)
    this.#bosh = new BoshEntry(this.#boshSessions, limits, access)
    this.#webSocket = new WebSocketEntry(limits, access, this.#connectClient)
  }

  /** Ports of the open surfaces. */
  get ports(): Ports {
    return this.#ports
  }

  /** From now on it asks this one. Sessions and subscriptions stay as they are, unless their accounts are gone. */
  backedBy(backing: Backing): void {
    const before = this.#backing.directory()
    this.#backing = backing
    this.service.forget(before)
  }

  handleRequest(...given: Parameters<BoshEntry['handleRequest']>): boolean {
    return this.#bosh.handleRequest(...given)
  }

  handleUpgrade(...given: Parameters<WebSocketEntry['handleUpgrade']>): boolean {
    return this.#webSocket.handleUpgrade(...given)
  }

  /** Opens the surfaces for clients. Rejects with `ListenFailure`, which names the surface and its port. */
  async openClients(): Promise<void> {
    const { side = 'A' } = this.#options
    const users = this.#backing.directory().users.length
    const behind = { connect: this.#connectClient, entry: this, limits: this.service.limits, side, users }
    this.#ports = await openSurfaces(this.#clientListeners, this.#options, behind)
    this.#clientListeners.lose(this.#isLost)
  }

  /** A listener of its own for the engine, so that it does not depend on the public ones. It stays open. */
  gatewayPlace(): Promise<GatewayPlace> {
    this.#gateway ??= this.#openGateway()
    return this.#gateway
  }

  async #openGateway(): Promise<GatewayPlace> {
    const { limits } = this.service
    const password = newGatewaySecret()
    const entrance = gatewayEntrance(password, limits)
    const guard = connectionGuard({ withoutSession: GATEWAY_CONNECTIONS / 2 })
    const place = { surface: 'gateway', host: '127.0.0.1', port: 0, guarding: { guard, surface: 'gateway' } }
    // Only an engine writes there. Its stanzas are larger, and escaped documents contain many references.
    const bounds = { ...limits, stanzaBytes: limits.gatewayStanzaBytes, nodes: limits.gatewayStanzaBytes }
    const port = await this.#gatewayListeners.add(
      listenTcp(place, bounds, (wire) => this.service.connect(wire, entrance)),
    )
    return { port, password }
  }

  /** Sets whether the side is lost. The engine's own session stays open. */
  lose(lost: boolean): void {
    this.#isLost = lost
    // The connections are reset first, before the layers above can end their streams and sessions.
    this.#clientListeners.lose(lost)
    this.service.lose(lost)
  }

  /** Sends `system-shutdown` to the clients, or resets them with `handsOver`, and closes everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#options.handsOver) this.lose(true)
    this.service.stop()
    await this.#boshSessions.told()
    await Promise.all([this.#clientListeners.close(), this.#gatewayListeners.close()])
    await this.#webSocket.drained()
  }
}
