/** One side of a server: its notification service and its REST ports, with its own listeners. */
import type { Side } from '../../machines/wire.ts'
import { followLoss } from '../engine/aggregate/side/loss.ts'
import type { Clock } from '../engine/ports.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { notificationService, type RunningNotificationService } from '../xmpp/index.ts'
import type { Port, SurfacePorts } from './defaults.ts'
import { type HttpSurface, type HttpSurfaceOptions, openHttp } from './http-surface.ts'
import type { Outside } from './outside.ts'

/** What the REST ports of a side show of it, and its notification service. */
export interface SideOptions
  extends Pick<
    HttpSurfaceOptions,
    | ('side' | 'engine' | 'accounts' | 'tokenEndpoint' | 'taskFeed' | 'clientLogs' | 'hosts' | 'names')
    | ('cors' | 'host' | 'guard' | 'logger')
  > {
  /** XMPP domain. */
  readonly domain: string
  /** Without a certificate the TLS ports must be `off`. */
  readonly ports: SurfacePorts
  readonly certificate: TlsCertificate | undefined
  /** If false, every user may subscribe to every node. */
  readonly authorizeSubscriptions: boolean
  /** Clock of the sockets of the notification service. */
  readonly socketClock: Clock
  /** The external XMPP server that replaces the embedded notification service. */
  readonly outside: Outside | undefined
}

/** Port numbers of the surfaces that were started. */
export interface ServerPorts {
  readonly rest?: number
  readonly restTls?: number
  readonly httpBind?: number
  readonly httpBindTls?: number
  readonly xmpp?: number
  readonly xmppTls?: number
  /** Health and metrics, if they have their own address. */
  readonly metrics?: number
}

/** The parts of the whole server that the REST ports show. */
export type ServerViews = Pick<
  HttpSurfaceOptions,
  'metrics' | 'monitoring' | 'virtualTime' | 'pages' | 'directory' | 'stop' | 'settled' | 'beforeListen'
>

export interface RunningSide {
  readonly side: Side
  readonly notifications: RunningNotificationService
  /** Opens the REST ports. Rejects with Node's own error if one cannot be opened. */
  openRest(views: ServerViews): Promise<void>
  /** Port numbers of the open surfaces. */
  ports(): ServerPorts
  /** Refuses new requests from now on. Resolves when running requests have ended, after five seconds at most. */
  drain(): Promise<void>
  /** Closes the REST ports. Close the notification service before, because its connections may be on them. */
  closeRest(): Promise<void>
}

/**
 * Starts the notification service of a side. Its REST ports are opened later, because they show the whole server. If a
 * surface cannot be opened, nothing keeps running, and it rejects with an error that names surface and port.
 */
export async function startSide(options: SideOptions): Promise<RunningSide> {
  const { side, domain, ports, certificate, engine, accounts, outside, authorizeSubscriptions, logger } = options
  const restIsOpen = Promise.withResolvers<void>()
  const open: { rest?: HttpSurface; restTls?: HttpSurface } = {}
  const surfaces = () => Object.values(open)
  let isLost = false
  // Registered before the notification service: some of its clients are on the REST ports, and a lost side resets their
  // connections without ending their streams.
  const stopFollowing = followLoss(engine, side, (lost) => {
    isLost = lost
    for (const surface of surfaces()) surface.lose(lost)
    if (lost)
      logger.warn({ side }, 'the side is lost: its connections are reset until the other side is told that it is back')
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
    // An external XMPP server checks the engine's account on the REST port, so the engine connects after that is open.
    ...(outside === undefined ? ownService(options) : { ...outside, after: restIsOpen.promise }),
  })
  const notifications = await starting.catch((error: unknown) => {
    stopFollowing()
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
      stopFollowing()
      await Promise.all(surfaces().map((surface) => surface.close()))
    },
  }
}

/** The listeners of the embedded notification service. */
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

function restOptions(
  options: SideOptions,
  notifications: RunningNotificationService,
  views: ServerViews,
): Omit<HttpSurfaceOptions, 'port' | 'certificate'> {
  const { domain: _, ports: __, authorizeSubscriptions: ___, socketClock: ____, outside, ...shown } = options
  const own = outside === undefined ? {} : { ownAccount: outside }
  return { ...shown, notifications, logger: options.logger.child({ part: 'http' }), ...own, ...views }
}
