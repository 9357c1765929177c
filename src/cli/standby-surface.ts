/** The HTTP ports of a standby: they pass everything on to the owner, except the streams of a side that it serves itself. */
import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Logger } from 'pino'
import { Forwarder } from '../http/forward/index.ts'
import {
  ConnectionGuard,
  type ConnectionLimits,
  Connections,
  openFileLimit,
  type Peer,
  surfaceName,
} from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { within } from '../waiting/within.ts'
import { isForBosh } from '../xmpp/service/listeners/bosh-entry.ts'
import { isForXmpp } from '../xmpp/service/listeners/websocket-entry.ts'
import { urlHost } from './address.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'
import { type Address, addMonitoring, type Monitoring } from './monitoring.ts'
import type { Seat } from './seat.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import { refuse, refusesName, type StandbyAnswers } from './standby-answers.ts'

export interface StandbySurfaceOptions {
  readonly options: ServerOptions
  readonly certificate: TlsCertificate | undefined
  readonly limits: ConnectionLimits
  /** The side that this server serves, if it serves one. */
  readonly seat: Seat | undefined
  readonly monitoring: Monitoring
  readonly answers: StandbyAnswers
  readonly logger: Logger
}

export interface StandbySurface {
  /** Where `/health` is; `undefined` without a port for it. */
  readonly health: string | undefined
  readonly forwarder: Forwarder
  /** A listener stops to listen, so that the server itself can open its port. Connections that are open go on. */
  stopAccepting(surface: string): Promise<void>
  /** Closes everything. */
  close(): Promise<void>
}

interface Listener {
  readonly surface: string
  readonly http: HttpServer
  readonly connections: Connections
  /** Connections with a BOSH request that is not answered yet. */
  readonly held: ReadonlySet<Peer>
}

/** How long connections may end in order before they are cut off, in ms. */
const ORDERLY_MS = 500

/** The limits of a standby: each connection of a client may have one to the owner. */
export function standbyGuard(limits: ConnectionLimits): ConnectionGuard {
  const files = openFileLimit()
  return new ConnectionGuard(limits, files === undefined ? undefined : Math.floor(files / 2))
}

/** Opens the ports. Rejects with Node's own error if one cannot be opened; then none is open. */
export async function openStandbySurface(wanted: StandbySurfaceOptions): Promise<StandbySurface> {
  const { options, certificate, limits, seat, monitoring, answers, logger } = wanted
  const { host, ports } = wantedBy(options)
  const guard = seat?.guard ?? standbyGuard(limits)
  const side = seat?.side ?? 'A'
  const forwarder = new Forwarder({
    name: hostname(),
    names: answers.names,
    most: guard.limits.total,
    refuse: (why, asked, answer) => refuse(answers, why, asked, answer),
    onProblem: (problem) => logger.warn({ problem }, 'the other server is not reached'),
  })
  const listeners: Listener[] = []
  const open = async (
    place: Address,
    surface: string,
    routes: (app: FastifyInstance, held: Set<Peer>) => void,
    tls?: TlsCertificate,
  ) => {
    const connections = new Connections({ guard, surface })
    const held = new Set<Peer>()
    const http = await createHttpServer(
      fastifyPlugin(async (app) => routes(app, held)),
      tls,
      connections,
      logger,
    )
    if (surface !== 'metrics')
      http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (seat === undefined || !isForXmpp(request)) forwarder.handleUpgrade(request, socket, head)
        else if (seat.front?.handleUpgrade(request, socket, head)) connections.leave(request.socket)
        else refuseUpgrade(socket)
      })
    const port = await http.listen(place)
    const url = `${tls ? 'https' : 'http'}://${urlHost(place.host)}:${port}`
    listeners.push({ surface, http, connections, held })
    return url
  }
  const close = () => Promise.all(listeners.map(closeListener)).then(() => undefined)
  const own = options.metricsListen
  const all = (app: FastifyInstance, held: Set<Peer>) =>
    passOn(app, { held, forwarder, answers, seat, monitoring: own ? undefined : monitoring })
  try {
    const health = own && (await open(own, 'metrics', (app) => addMonitoring(app, monitoring)))
    const rest =
      ports.restPort === 'off' ? undefined : await open({ host, port: ports.restPort }, surfaceName('rest', side), all)
    const overTls =
      ports.restTlsPort === 'off' || certificate === undefined
        ? undefined
        : await open({ host, port: ports.restTlsPort }, surfaceName('rest-tls', side), all, certificate)
    const base = health ?? rest ?? overTls
    return {
      health: base === undefined ? undefined : `${base}/health`,
      forwarder,
      stopAccepting: async (surface) => listeners.find((each) => each.surface === surface)?.http.stopAccepting(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const OWN_PATHS = ['/health', '/metrics']

interface PassingOn {
  readonly forwarder: Forwarder
  readonly answers: StandbyAnswers
  readonly seat: Seat | undefined
  readonly held: Set<Peer>
  /** Health and metrics of this server, if they are on this port. */
  readonly monitoring: Monitoring | undefined
}

function passOn(app: FastifyInstance, { forwarder, answers, seat, held, monitoring }: PassingOn): void {
  if (monitoring !== undefined) addMonitoring(app, monitoring)
  app.addHook('onRequest', async (request, reply) => {
    if (monitoring !== undefined && OWN_PATHS.includes(request.routeOptions.url ?? '')) return
    reply.hijack()
    if (seat !== undefined && isForBosh(request.raw)) {
      const { socket } = request.raw
      held.add(socket)
      reply.raw.once('close', () => held.delete(socket))
      if (!seat.front?.handleRequest(request.raw, reply.raw)) refuse(answers, 'AWAY', request.raw, reply.raw)
      return
    }
    if (!refusesName(answers, request.raw, reply.raw)) forwarder.handle(request.raw, reply.raw)
  })
  // The hook has passed the request on. Without a handler Fastify would not call it for unknown paths.
  app.setNotFoundHandler(() => undefined)
}

/** WebSockets of a side that is served here go on, and BOSH requests are answered. */
async function closeListener({ http, connections, held }: Listener): Promise<void> {
  for (const peer of held) connections.leave(peer)
  const closed = http.close()
  if (await within(ORDERLY_MS, closed)) return
  connections.close()
  await within(ORDERLY_MS, closed)
}

function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => undefined)
  socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n')
}
