/** The REST port: Finesse API, ACD control, health, metrics, and the paths of BOSH and WebSocket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/index.ts'
import { DEFAULT_PREFIX as ACD, acdControl, type DirectoryControl, type MovableClock } from '../acd/index.ts'
import type { Engine } from '../engine/api.ts'
import { corsHeaders, idOf } from '../http/index.ts'
import type { OwnerEnd } from '../pair/index.ts'
import { type ClientLogs, type CorsMode, DEFAULT_PREFIX as FINESSE, finesse } from '../rest/index.ts'
import { type ConnectionGuard, Connections, surfaceName } from '../sockets/index.ts'
import { type TokenEndpointOptions, tokenEndpoint } from '../sso/token-endpoint.ts'
import { taskFeed } from '../task-feed/index.ts'
import type { TlsCertificate } from '../tls/index.ts'
import { inTurn } from '../waiting/present-turn.ts'
import { within } from '../waiting/within.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { addAccountCheck, type ServiceAccount } from './account-check.ts'
import { createHttpServer, endingAnswer, type HttpServer } from './http-server.ts'
import { readBeforeClosing, tellSessions } from './last-words.ts'
import type { Metrics } from './metrics.ts'
import { addMonitoring, type Monitoring } from './monitoring.ts'
import { RunningRequests } from './running-requests.ts'

/** Pages for a browser: their routes, and the streams that they open. */
export interface WatchPage {
  /** Registered at the root. */
  readonly routes: FastifyPluginAsync
  /** Handles an upgrade request for one of its streams. Returns false for others, and leaves them untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

export interface HttpSurfaceOptions {
  readonly side: Side
  readonly engine: Engine
  readonly accounts: Accounts
  /** The paths of the server's own token issuer, if it has one. */
  readonly tokenEndpoint?: TokenEndpointOptions | undefined
  /** Serves the task feed. */
  readonly taskFeed?: boolean
  readonly notifications: RunningNotificationService
  /** Hosts of both sides, as SystemInfo shows them. */
  readonly hosts: { readonly primary: string; readonly secondary?: string }
  /** Resolves when the engine knows every session that began or ended before the call, on both sides. */
  readonly settled: () => Promise<void>
  /** Host names of the server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** Counts the requests. */
  readonly metrics: Metrics
  /** `/health` and `/metrics`, if they are on this port. */
  readonly monitoring: Monitoring | undefined
  readonly cors: CorsMode
  readonly host: string
  /** `behind`: it has no port. Another surface of this process hands requests to it. */
  readonly port: number | 'behind'
  /** The other server of a pair, whose requests come to this port. */
  readonly pair?: PairDoor | undefined
  /** If given, the port is HTTPS, with HTTP/2 and HTTP/1.1. */
  readonly certificate: TlsCertificate | undefined
  /** Limits the connections of all listeners, also those of the other side. */
  readonly guard: ConnectionGuard
  readonly logger: Logger
  /** The clock that `/acd` may move. */
  readonly virtualTime: MovableClock | undefined
  /** The directory that `/acd` may reload. */
  readonly directory: DirectoryControl
  /** Ends the server for `/acd`. Without it, `/acd` refuses such requests. */
  readonly stop: (() => void) | undefined
  /** The engine's account on an external XMPP server, which checks accounts on this port. */
  readonly ownAccount?: ServiceAccount
  readonly pages: readonly WatchPage[]
  /** Called with the name of the listener just before it opens its port, which another one of this process may have. */
  readonly beforeListen?: (surface: string) => Promise<void>
  /** Where logs of desktops are kept; they are refused without it. */
  readonly clientLogs: ClientLogs | undefined
}

/** How the other server of a pair comes in. */
export interface PairDoor {
  readonly ownerEnd: OwnerEnd
  /** Handles a request of a client of the other side. */
  handle(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void
}

export interface HttpSurface {
  /** `undefined` for one without a port. */
  readonly port: number | undefined
  /** Handles a request that came to another port. */
  readonly handle: PairDoor['handle']
  /** Refuses new requests from now on. Resolves when running requests have ended, after five seconds at most. */
  drain(): Promise<void>
  /** Accepts no more connections and closes the open ones. WebSockets must be closed before, by their own service. */
  close(): Promise<void>
  /** `true` resets all connections, and new ones too, until it is called with `false`. */
  lose(lost: boolean): void
}

/** How long a stop waits for running requests, and then for connections. */
const DRAIN_MS = 5000
const CLOSE_MS = 2000
/** How long connections may end in order before they are cut off. */
const ORDERLY_MS = 500

/** Opens the port. Rejects with Node's own error if that is not possible. */
export async function openHttp(options: HttpSurfaceOptions): Promise<HttpSurface> {
  const { side, notifications, pages, certificate, guard, logger, host, port, pair } = options
  const running = new RunningRequests()
  const surface = surfaceName(certificate === undefined ? 'rest' : 'rest-tls', side)
  const connections = new Connections({ guard, surface })
  // Not encapsulated, because the hooks and the handler of unknown paths are for the whole server.
  const routes = fastifyPlugin(async (app: FastifyInstance) => addRoutes(app, options, running, connections))
  const http = await createHttpServer(routes, certificate, connections, logger)
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade([...(pair ? [pair.ownerEnd] : []), notifications, ...pages], request, socket, head),
  )
  if (port === 'behind') await http.ready()
  else await options.beforeListen?.(surface)
  return {
    port: port === 'behind' ? undefined : await http.listen({ host, port }),
    handle: (request, response) => void http.server.emit('request', request, response),
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
  if (options.pair !== undefined) letIn(app, options.pair)
  readBeforeClosing(app)
  tellSessions(app)
  refuseWhileEnding(app, options, running)
  watch(app, options.metrics, running)
  // From here on, so that a stop knows of those that wait: they have arrived before it.
  app.addHook('onRequest', whenThereIsTime)
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
    clientLogs: options.clientLogs,
    xmpp: { domain: notifications.domain, pubsub: notifications.pubsubDomain },
  })
  if (options.tokenEndpoint !== undefined) await app.register(tokenEndpoint, { ...options.tokenEndpoint, names })
  if (options.taskFeed === true) await app.register(taskFeed, { engine, names })
  // An external XMPP server serves BOSH itself.
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

/** Thousands of requests that arrive together are spread over turns of the event loop. */
function whenThereIsTime(_request: unknown, _reply: unknown, done: () => void): void {
  inTurn(done)
}

/** Requests of the other server of the pair: its own, and those of the clients of its side. */
function letIn(app: FastifyInstance, { ownerEnd, handle }: PairDoor): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!ownerEnd.isFromOther(request.headers)) return
    reply.hijack()
    handle(request.raw, reply.raw)
  })
  ownerEnd.routes(app)
}

/** BOSH requests wait for notifications, so their duration is not measured, and a stop does not wait for them. */
const BOSH_PATHS = ['/http-bind', '/http-bind/']
/** These paths answer as long as the server runs. */
const STATUS_PATHS = ['/health', '/metrics']
const isBosh = (request: FastifyRequest) => BOSH_PATHS.includes(request.routeOptions.url ?? '')

/** Refuses requests while the server ends, in the format of the API that they ask, and ends their connections. */
function refuseWhileEnding(app: FastifyInstance, { cors }: HttpSurfaceOptions, running: RunningRequests): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!running.isEnding || isBosh(request) || STATUS_PATHS.includes(request.routeOptions.url ?? '')) return undefined
    await running.mayBeAnswered
    const { status, type, body } = endingAnswer(request.url)
    if (request.url.startsWith(`${FINESSE}/`)) reply.headers(corsHeaders(cors, request))
    // HTTP/2 does not allow this header; it ends a connection in another way.
    if (request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
    return reply
      .code(status)
      .headers({ 'cache-control': 'no-store', 'x-request-id': idOf(request) })
      .type(type)
      .send(body)
  })
}

/** Measures requests and logs a line for each at debug level, without bodies and headers. */
function watch(app: FastifyInstance, metrics: Metrics, running: RunningRequests): void {
  const counted = new WeakSet<FastifyRequest>()
  const ended = (request: FastifyRequest) => {
    if (counted.delete(request)) running.ended()
  }
  app.addHook('onRequest', async (request) => {
    if (isBosh(request)) return
    counted.add(request)
    running.began()
  })
  app.addHook('onRequestAbort', async (request) => ended(request))
  app.addHook('onResponse', async (request, reply) => {
    ended(request)
    if (isBosh(request)) return
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    const milliseconds = Math.round(10 * reply.elapsedTime) / 10
    metrics.observe({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
    request.log.debug({ method, path: request.url.split('?', 1)[0], status: reply.statusCode, milliseconds }, 'request')
  })
}

/** A request to `/acd` that takes this side down gets its answer before its connection is reset like the others. */
function answerControl(app: FastifyInstance, connections: Connections): void {
  const held = new WeakMap<FastifyRequest, () => void>()
  const release = (request: FastifyRequest) => {
    held.get(request)?.()
    held.delete(request)
  }
  // At this point the request is authorised and its body is complete, so the answer comes soon.
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

/** The BOSH service reads and answers requests itself, so Fastify does not parse them. */
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
  handlers: readonly Pick<WatchPage, 'handleUpgrade'>[],
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  if (handlers.some((handler) => handler.handleUpgrade(request, socket, head))) return
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
    // This resolves only when the last connection has ended, so it must not be awaited before WebSockets are closed.
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
      // Answers that were given are sent, and idle connections end in order.
      if (await within(ORDERLY_MS, stopListening())) return
      connections.close()
      if (!(await within(CLOSE_MS, stopListening()))) logger.warn('connections of the REST port are still open')
    },
  }
}
