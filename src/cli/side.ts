/** One side of a server: its notification service and its REST ports, with its own listeners. */
import type { Side } from '../../machines/wire.ts'
import { followLoss } from '../engine/aggregate/side/loss.ts'
import type { Clock } from '../engine/ports.ts'
import { type OwnerEnd, PING_EVERY_MS } from '../pair/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { serviceBehind } from '../xmpp/embedded.ts'
import type { Front } from '../xmpp/front.ts'
import { notificationService, type RunningNotificationService } from '../xmpp/index.ts'
import { linkedService } from '../xmpp/linked.ts'
import type { Port, SurfacePorts } from './defaults.ts'
import { type HttpSurface, type HttpSurfaceOptions, openHttp, type PairDoor } from './http-surface.ts'
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
  /** At the end the clients are reset, because another server goes on for them. */
  readonly handsOver: boolean
  /** The notification service that has served the clients of the side while another server was the owner. */
  readonly front: Front | undefined
  /** The other server of a pair, if it serves this side. Then the side has no ports here. */
  readonly linked: OwnerEnd | undefined
  /** The other server of a pair, if it comes in through the ports of this side. */
  readonly pair: PairDoor | undefined
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
  /** Handles a request of a client of this side that came to another port. Only after `openRest`. */
  readonly handle: PairDoor['handle']
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
  const { side, ports, certificate, engine, logger } = options
  const restIsOpen = Promise.withResolvers<void>()
  const open: { rest?: HttpSurface; restTls?: HttpSurface } = {}
  const surfaces = () => Object.values(open)
  const { linked } = options
  let isLost = false
  // Registered before the notification service: some of its clients are on the REST ports, and a lost side resets their
  // connections without ending their streams.
  const stopFollowing = followLoss(engine, side, (lost) => {
    isLost = lost
    for (const surface of surfaces()) surface.lose(lost)
    linked?.lose(lost)
    if (lost)
      logger.warn({ side }, 'the side is lost: its connections are reset until the other side is told that it is back')
    else logger.info({ side }, 'the side is back')
  })
  const notifications = await startNotifications(options, restIsOpen.promise).catch((error: unknown) => {
    stopFollowing()
    throw error
  })
  return {
    side,
    notifications,
    handle: (request, response) => {
      if (isLost || open.rest === undefined) request.socket.destroy()
      else open.rest.handle(request, response)
    },
    openRest: async (views) => {
      const rest = restOptions(options, notifications, views)
      const start = async (key: keyof typeof open, port: Port | 'behind', tls: TlsCertificate | undefined) => {
        if (port === 'off') return
        const surface = await openHttp({ ...rest, port, certificate: tls })
        open[key] = surface
        surface.lose(isLost)
      }
      await start('rest', linked === undefined ? ports.restPort : 'behind', undefined)
      if (linked === undefined) await start('restTls', ports.restTlsPort, certificate)
      restIsOpen.resolve()
      await notifications.tried
    },
    ports: () => ({
      ...(open.rest?.port === undefined ? {} : { rest: open.rest.port }),
      ...(open.restTls?.port === undefined ? {} : { restTls: open.restTls.port }),
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

/** `restIsOpen`: resolves when the REST ports are open. */
async function startNotifications(
  options: SideOptions,
  restIsOpen: Promise<void>,
): Promise<RunningNotificationService> {
  const { side, domain, engine, accounts, outside, linked, front } = options
  const common = {
    side,
    accounts,
    domain,
    hosts: options.hosts,
    cors: options.cors,
    authorizeSubscriptions: options.authorizeSubscriptions,
    clock: options.socketClock,
    logger: options.logger.child({ part: 'xmpp' }),
  }
  if (linked !== undefined) {
    const gatewayLimits = { pingEveryMs: PING_EVERY_MS }
    return linkedService(engine, { ...common, gatewayLimits, onLink: (listener) => linked.onLink(listener) })
  }
  if (front !== undefined) return serviceBehind(front, engine, common)
  // An external XMPP server checks the engine's account on the REST port, so the engine connects after that is open.
  const service = outside === undefined ? ownService(options) : { ...outside, after: restIsOpen }
  return notificationService(engine, { ...common, ...service })
}

/** The listeners of the embedded notification service. */
function ownService({ host, ports, certificate, guard, handsOver }: SideOptions) {
  return {
    host,
    handsOver,
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
  const own = options.outside === undefined ? {} : { ownAccount: options.outside }
  return { ...options, notifications, logger: options.logger.child({ part: 'http' }), ...own, ...views }
}
