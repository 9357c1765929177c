/** One side of a server: its notification service and its REST ports, on listeners of their own. */
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/index.ts'
import { followLoss } from '../engine/aggregate/side/loss.ts'
import type { Engine } from '../engine/api.ts'
import type { Clock } from '../engine/ports.ts'
import type { CorsMode } from '../rest/index.ts'
import type { ConnectionGuard } from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { notificationService, type RunningNotificationService } from '../xmpp/index.ts'
import type { Port, SurfacePorts } from './defaults.ts'
import { type HttpSurface, type HttpSurfaceOptions, openHttp } from './http-surface.ts'
import type { Outside } from './outside.ts'

export interface SideOptions {
  readonly side: Side
  readonly host: string
  /** XMPP domain. */
  readonly domain: string
  /** Hosts of both sides, as SystemInfo shows them. */
  readonly hosts: { readonly primary: string; readonly secondary?: string }
  /** Those over TLS have to be `off` without a certificate. */
  readonly ports: SurfacePorts
  readonly certificate: TlsCertificate | undefined
  /** Bounds the connections of all listeners, of the other side as well. */
  readonly guard: ConnectionGuard
  readonly cors: CorsMode
  /** False lets everybody subscribe to every node. */
  readonly authorizeSubscriptions: boolean
  /** Time of the sockets of the notification service. */
  readonly socketClock: Clock
  /** The XMPP server outside that is used instead of a notification service of our own. */
  readonly outside: Outside | undefined
  readonly engine: Engine
  readonly accounts: Accounts
  readonly logger: Logger
}

/** Ports of the surfaces that were started. */
export interface ServerPorts {
  readonly rest?: number
  readonly restTls?: number
  readonly httpBind?: number
  readonly httpBindTls?: number
  readonly xmpp?: number
  readonly xmppTls?: number
  /** Health and metrics, where they have an address of their own. */
  readonly metrics?: number
}

/** What the REST ports show of the server as a whole. */
export type ServerViews = Pick<
  HttpSurfaceOptions,
  'metrics' | 'monitoring' | 'virtualTime' | 'pages' | 'directory' | 'stop' | 'settled'
>

export interface RunningSide {
  readonly side: Side
  readonly notifications: RunningNotificationService
  /** Opens the REST ports. Rejects with Node's own error when one cannot be opened. */
  openRest(views: ServerViews): Promise<void>
  /** Ports of the surfaces that are open. */
  ports(): ServerPorts
  /** Refuses requests from now on; resolves when running ones have ended, or when time is up. */
  drain(): Promise<void>
  /** Closes what is still open on the REST ports; after the notification service, whose connections may be on them. */
  closeRest(): Promise<void>
}

/**
 * Opens the notification service of a side. Its REST ports come later, since they show the whole server. Rejects with
 * one error that names surface and port; nothing keeps running then.
 */
export async function startSide(options: SideOptions): Promise<RunningSide> {
  const { side, domain, ports, certificate, engine, accounts, outside, authorizeSubscriptions, logger } = options
  const restIsOpen = Promise.withResolvers<void>()
  const open: { rest?: HttpSurface; restTls?: HttpSurface } = {}
  const surfaces = () => Object.values(open)
  let isLost = false
  // Before the notification service hears of it: some of its clients are on the REST ports, and nobody says goodbye.
  const forgetLoss = followLoss(engine, side, (lost) => {
    isLost = lost
    for (const surface of surfaces()) surface.lose(lost)
    if (lost)
      logger.warn({ side }, 'the side is lost: its connections are reset until the other is told that it is back')
    else logger.info({ side }, 'the side is back')
  })
  const starting = notificationService(engine, {
    side,
    accounts,
    domain,
    hosts: options.hosts,
    cors: options.cors,
    authorizeSubscriptions,
    clock: options.socketClock,
    logger: logger.child({ part: 'xmpp' }),
    // A server outside asks the REST port whether it may let the engine in.
    ...(outside === undefined ? ownService(options) : { ...outside, after: restIsOpen.promise }),
  })
  const notifications = await starting.catch((error: unknown) => {
    forgetLoss()
    throw error
  })
  return {
    side,
    notifications,
    openRest: async (views) => {
      const rest = restOptions(options, notifications, views)
      const start = async (key: keyof typeof open, port: Port, tls: TlsCertificate | undefined) => {
        if (port === 'off') return
        const surface = await openHttp({ ...rest, port, certificate: tls })
        open[key] = surface
        surface.lose(isLost)
      }
      await start('rest', ports.restPort, undefined)
      await start('restTls', ports.restTlsPort, certificate)
      restIsOpen.resolve()
      await notifications.tried
    },
    ports: () => ({
      ...(open.rest === undefined ? {} : { rest: open.rest.port }),
      ...(open.restTls === undefined ? {} : { restTls: open.restTls.port }),
      ...notifications.ports,
    }),
    drain: async () => {
      await Promise.all(surfaces().map((surface) => surface.drain()))
    },
    closeRest: async () => {
      forgetLoss()
      await Promise.all(surfaces().map((surface) => surface.close()))
    },
  }
}

/** Where the notification service of our own is reached. */
function ownService({ host, ports, certificate, guard }: SideOptions) {
  return {
    host,
    connections: guard,
    port: ports.xmppPort,
    tlsPort: ports.xmppTlsPort,
    httpBindPort: ports.httpBindPort,
    httpBindTlsPort: ports.httpBindTlsPort,
    ...(certificate === undefined ? {} : { tls: certificate }),
  }
}

/** Host names of a server, beside `localhost` and addresses. */
export function namesOf(host: string, { primary, secondary }: SideOptions['hosts']): readonly string[] {
  return [host, primary, ...(secondary === undefined ? [] : [secondary])]
}

function restOptions(
  { side, hosts, engine, accounts, cors, host, guard, outside, logger }: SideOptions,
  notifications: RunningNotificationService,
  views: ServerViews,
): Omit<HttpSurfaceOptions, 'port' | 'certificate'> {
  const own = outside === undefined ? {} : { ownAccount: outside }
  const http = logger.child({ part: 'http' })
  const names = namesOf(host, hosts)
  return { side, names, hosts, engine, accounts, notifications, cors, host, guard, logger: http, ...own, ...views }
}
