/** The REST port: Finesse API, ACD control, health, metrics, and the paths of BOSH and WebSocket. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/index.ts'
import { DEFAULT_PREFIX as ACD, acdControl, type DirectoryControl, type MovableClock } from '../acd/index.ts'
import type { Engine } from '../engine/api.ts'
import { corsHeaders } from '../http/index.ts'
import { type CorsMode, DEFAULT_PREFIX as FINESSE, finesse } from '../rest/index.ts'
import { type ConnectionGuard, Connections, surfaceName } from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { within } from '../waiting/within.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { addAccountCheck, type ServiceAccount } from './account-check.ts'
import { createHttpServer, endingAnswer, type HttpServer } from './http-server.ts'
import type { Metrics } from './metrics.ts'
import { addMonitoring, type Monitoring } from './monitoring.ts'
import { RunningRequests } from './running-requests.ts'

/** Something to look at with a browser: routes, and streams for their pages. */
export interface WatchPage {
  /** Registered at the root. */
  readonly routes: FastifyPluginAsync
  /** Takes an upgrade for a stream of its own; false leaves it untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

export interface HttpSurfaceOptions {
  readonly side: Side
  readonly engine: Engine
  readonly accounts: Accounts
  readonly notifications: RunningNotificationService
  /** Hosts of both sides, as SystemInfo shows them. */
  readonly hosts: { readonly primary: string; readonly secondary?: string }
  /** Resolves when the engine has heard of everybody who came or went so far, on either side. */
  readonly settled: () => Promise<void>
  /** Host names of the server, beside `localhost` and addresses. */
  readonly names: readonly string[]
  /** What counts requests. */
  readonly metrics: Metrics
  /** `/health` and `/metrics`, where they are on this port. */
  readonly monitoring: Monitoring | undefined
  readonly cors: CorsMode
  readonly host: string
  readonly port: number
  /** With one it is HTTPS, HTTP/2 and HTTP/1.1 alike. */
  readonly certificate: TlsCertificate | undefined
  /** Bounds the connections of all listeners. */
  readonly guard: ConnectionGuard
  readonly logger: Logger
  /** Time that `/acd` may move. */
  readonly virtualTime: MovableClock | undefined
  /** The directory that `/acd` may reload. */
  readonly directory: DirectoryControl
  /** What `/acd` may call to end the server; nobody may when left out. */
  readonly stop: (() => void) | undefined
  /** The engine's account at an XMPP server outside, which asks here for accounts. */
  readonly ownAccount?: ServiceAccount
  readonly pages: readonly WatchPage[]
}

export interface HttpSurface {
  readonly port: number
  /** Refuses requests from now on; resolves when running ones have ended, or when time is up. */
  drain(): Promise<void>
  /** Takes no more connections, and closes what is still open. WebSockets have to be closed before, by their own service. */
  close(): Promise<void>
  /** True: resets every connection, and each new one, until it is called with false. */
  lose(lost: boolean): void
}

/** So long a stop waits for running requests, and then for connections. */
const DRAIN_MS = 5000
const CLOSE_MS = 2000
/** So long connections may end in order before they are cut off. */
const ORDERLY_MS = 500

/** Opens the port; rejects with Node's own error when that is not possible. */
export async function openHttp(options: HttpSurfaceOptions): Promise<HttpSurface> {
  const { side, notifications, pages, certificate, guard, logger, host, port } = options
  const running = new RunningRequests()
  const surface = surfaceName(certificate === undefined ? 'rest' : 'rest-tls', side)
  const connections = new Connections({ guard, surface })
  // Not encapsulated: hooks and the handler of unknown paths are for the whole server.
  const routes = fastifyPlugin(async (app: FastifyInstance) => addRoutes(app, options, running, connections))
  const http = await createHttpServer(routes, certificate, connections, logger)
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade([notifications, ...pages], request, socket, head),
  )
  return {
    port: await http.listen({ host, port }),
    lose: (lost) => connections.lose(lost),
    ...closing(http, running, connections, logger),
  }
}

async function addRoutes(
  app: FastifyInstance,
  options: HttpSurfaceOptions,
  running: RunningRequests,
  connections: Connections,
): Promise<void> {
  const { side, engine, accounts, notifications, hosts, names, cors, settled, virtualTime } = options
  refuseWhileEnding(app, options, running)
  watch(app, options.metrics, running)
  answerControl(app, connections)
  if (options.monitoring !== undefined) addMonitoring(app, options.monitoring)
  answerUnknown(app, options)
  if (options.ownAccount !== undefined) addAccountCheck(app, accounts, options.ownAccount, names)
  await app.register(finesse, {
    side,
    engine,
    accounts,
    cors,
    hosts,
    xmpp: { domain: notifications.domain, pubsub: notifications.pubsubDomain },
  })
  // A server outside has paths of its own.
  if (options.ownAccount === undefined) await app.register(async (scope) => addBosh(scope, notifications))
  await app.register(acdControl, {
    side,
    engine,
    accounts,
    names,
    directory: options.directory,
    stop: options.stop,
    settled,
    ...(virtualTime === undefined ? {} : { clock: virtualTime }),
  })
  for (const page of options.pages) await app.register(page.routes)
}

/** Requests there wait for news: how long they take says nothing, and a stop does not wait for them. */
const BOSH_PATHS = ['/http-bind', '/http-bind/']
/** They answer as long as there is a server. */
const SAY_HOW_IT_IS = ['/health', '/metrics']
const waits = (request: FastifyRequest) => BOSH_PATHS.includes(request.routeOptions.url ?? '')

/** So long a body may take that nobody wants. */
const BODY_MS = 500

/** A connection that closes with something unread is reset, and the answer may be lost with it. */
async function bodyRead(request: FastifyRequest['raw']): Promise<void> {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  if (!hasBody || request.httpVersionMajor !== 1) return
  request.resume()
  await within(
    BODY_MS,
    // Whoever goes away meanwhile wants no answer.
    finished(request, { writable: false }).catch(() => undefined),
  )
}

/** What comes while the server ends is told so, in the words of what it asks, and its connection ends. */
function refuseWhileEnding(app: FastifyInstance, { cors }: HttpSurfaceOptions, running: RunningRequests): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!running.isEnding || waits(request) || SAY_HOW_IT_IS.includes(request.routeOptions.url ?? '')) return undefined
    await Promise.all([bodyRead(request.raw), running.mayBeAnswered])
    const { status, type, body } = endingAnswer(request.url)
    if (request.url.startsWith(`${FINESSE}/`)) reply.headers(corsHeaders(cors, request))
    // HTTP/2 has another way to say so, and refuses this one.
    if (request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
    return reply.code(status).header('cache-control', 'no-store').type(type).send(body)
  })
}

/** Durations and a line at debug level, without bodies and without headers. */
function watch(app: FastifyInstance, metrics: Metrics, running: RunningRequests): void {
  const counted = new WeakSet<FastifyRequest>()
  const ended = (request: FastifyRequest) => {
    if (counted.delete(request)) running.ended()
  }
  app.addHook('onRequest', async (request) => {
    if (waits(request)) return
    counted.add(request)
    running.began()
  })
  app.addHook('onRequestAbort', async (request) => ended(request))
  app.addHook('onResponse', async (request, reply) => {
    ended(request)
    if (waits(request)) return
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    const milliseconds = Math.round(10 * reply.elapsedTime) / 10
    metrics.observe({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
    request.log.debug({ method, path: request.url.split('?', 1)[0], status: reply.statusCode, milliseconds }, 'request')
  })
}

/** Whoever takes this side down by `/acd` hears that it was done, before the connection ends as all others do. */
function answerControl(app: FastifyInstance, connections: Connections): void {
  const held = new WeakMap<FastifyRequest, () => void>()
  const release = (request: FastifyRequest) => {
    held.get(request)?.()
    held.delete(request)
  }
  // Whoever sends a request was let in, and its body is there: it is answered soon.
  app.addHook('preHandler', async (request) => {
    if (request.url.startsWith(`${ACD}/`)) held.set(request, connections.hold(request.raw.socket))
  })
  app.addHook('onRequestAbort', async (request) => release(request))
  app.addHook('onResponse', async (request) => release(request))
}

function answerUnknown(app: FastifyInstance, { monitoring }: HttpSurfaceOptions): void {
  const places = ['/finesse/api/SystemInfo', '/acd/tasks', ...(monitoring ? ['/health or /metrics'] : [])].join(', ')
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .header('cache-control', 'no-store')
      .send({
        error: 'NOT_FOUND',
        message: `there is nothing at this path; try ${places}`,
        about: (request.url.split('?', 1)[0] ?? '').slice(0, 200),
      }),
  )
}

/** BOSH reads and answers by itself: the request is handed over as it came. */
function addBosh(scope: FastifyInstance, notifications: RunningNotificationService): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const url of BOSH_PATHS) {
    scope.all(url, (request, reply) => {
      reply.hijack()
      notifications.handleRequest(request.raw, reply.raw)
    })
  }
}

function upgrade(
  takers: readonly Pick<WatchPage, 'handleUpgrade'>[],
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  if (takers.some((taker) => taker.handleUpgrade(request, socket, head))) return
  socket.on('error', () => undefined)
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n')
}

function closing(
  http: HttpServer,
  running: RunningRequests,
  connections: Connections,
  logger: Logger,
): Pick<HttpSurface, 'drain' | 'close'> {
  let closed: Promise<unknown> | undefined
  const stopListening = (): Promise<unknown> => {
    // Ends only when the last connection has: not to be waited for before WebSockets are closed.
    closed ??= http
      .close()
      .then(undefined, (error: unknown) => logger.warn({ err: error }, 'the REST port did not close cleanly'))
    return closed
  }
  return {
    drain: async () => {
      running.end()
      if (!(await within(DRAIN_MS, running.none()))) logger.warn('requests still run and are cut off')
    },
    close: async () => {
      running.end()
      await running.holdUntil(http.stopAccepting())
      // Answers that were given leave, and idle connections end in order.
      if (await within(ORDERLY_MS, stopListening())) return
      connections.close()
      if (!(await within(CLOSE_MS, stopListening()))) logger.warn('connections of the REST port are still open')
    },
  }
}
