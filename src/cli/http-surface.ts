/** The REST port: Finesse API, ACD control, health, metrics, and the WebSocket path. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Accounts } from '../accounts/index.ts'
import { DEFAULT_PREFIX as ACD, acdControl, type MovableClock, refusalOf, sendRefusal } from '../acd/index.ts'
import type { Engine } from '../engine/api.ts'
import { type CorsMode, finesse, finesseServerOptions } from '../rest/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { within } from './bounded.ts'
import type { Health } from './health.ts'
import type { Metrics } from './metrics.ts'
import { RunningRequests } from './running-requests.ts'

export interface HttpSurfaceOptions {
  readonly engine: Engine
  readonly accounts: Accounts
  readonly notifications: RunningNotificationService
  readonly metrics: Metrics
  readonly health: () => Health
  readonly cors: CorsMode
  readonly host: string
  readonly port: number
  readonly logger: Logger
  /** Time that `/acd` may move. */
  readonly virtualTime: MovableClock | undefined
}

export interface HttpSurface {
  readonly port: number
  /** Takes no more requests; resolves when running ones have ended, or when time is up. */
  drain(): Promise<void>
  /** Closes what is still open. WebSockets have to be closed before, by their own service. */
  close(): Promise<void>
}

/** A request that takes longer to arrive is cut off. */
const REQUEST_TIMEOUT_MS = 30_000
/** Beyond that, new ones are closed. */
const MAX_CONNECTIONS = 5000
/** So long a stop waits for running requests, and then for connections. */
const DRAIN_MS = 5000
const CLOSE_MS = 2000
const WEB_SOCKET_PATH = /^\/ws\/?(?:\?|$)/

/** Opens the port; rejects with Node's own error when that is not possible. */
export async function openHttp(options: HttpSurfaceOptions): Promise<HttpSurface> {
  const app = createApp(options.logger)
  const running = new RunningRequests()
  watch(app, options.metrics, running)
  addHealthAndMetrics(app, options)
  const { engine, accounts, notifications, cors, virtualTime } = options
  await app.register(finesse, {
    engine,
    accounts,
    cors,
    hosts: { primary: notifications.domain },
    xmpp: { domain: notifications.domain, pubsub: notifications.pubsubDomain },
  })
  await app.register(acdControl, {
    engine,
    accounts,
    settled: () => notifications.settled(),
    ...(virtualTime === undefined ? {} : { clock: virtualTime }),
  })
  app.server.maxConnections = MAX_CONNECTIONS
  app.server.on('upgrade', (request, socket, head) => upgrade(notifications, request, socket, head))
  try {
    await app.listen({ host: options.host, port: options.port })
  } catch (error) {
    await app.close()
    throw error
  }
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    ...closing(app, running, options.logger),
  }
}

function createApp(logger: Logger): FastifyInstance {
  const base: FastifyBaseLogger = logger
  const finesseOptions = finesseServerOptions()
  return fastify({
    ...finesseOptions,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const path = request.raw.url ?? ''
      if (path.startsWith(`${ACD}/`)) sendRefusal(reply, refusalOf(error))
      else finesseOptions.frameworkErrors(error, request, reply)
    },
    loggerInstance: base,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: 16 * 1024,
      // Java's HTTP client offers an upgrade to HTTP/2 with every request; that one is answered as if it had not.
      shouldUpgradeCallback: (request: IncomingMessage) => WEB_SOCKET_PATH.test(request.url ?? ''),
    },
  })
}

/** Durations and a line at debug level, without bodies and without headers. */
function watch(app: FastifyInstance, metrics: Metrics, running: RunningRequests): void {
  const counted = new WeakSet<FastifyRequest>()
  const ended = (request: FastifyRequest) => {
    if (counted.delete(request)) running.ended()
  }
  app.addHook('onRequest', async (request) => {
    counted.add(request)
    running.began()
  })
  app.addHook('onRequestAbort', async (request) => ended(request))
  app.addHook('onResponse', async (request, reply) => {
    ended(request)
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    const milliseconds = Math.round(10 * reply.elapsedTime) / 10
    metrics.observe({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
    request.log.debug({ method, path: request.url.split('?', 1)[0], status: reply.statusCode, milliseconds }, 'request')
  })
}

function addHealthAndMetrics(app: FastifyInstance, { health, metrics }: HttpSurfaceOptions): void {
  app.get('/health', async (_request, reply) => {
    const found = health()
    return reply
      .code(found.status === 'IN_SERVICE' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(found)
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: 'NOT_FOUND',
      message: 'there is nothing at this path; try /finesse/api/SystemInfo, /acd/tasks, /health or /metrics',
      about: (request.url.split('?', 1)[0] ?? '').slice(0, 200),
    }),
  )
}

function upgrade(service: RunningNotificationService, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (service.handleUpgrade(request, socket, head)) return
  socket.on('error', () => undefined)
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

function closing(app: FastifyInstance, running: RunningRequests, logger: Logger): Pick<HttpSurface, 'drain' | 'close'> {
  let closed: Promise<unknown> | undefined
  const stopListening = (): Promise<unknown> => {
    // Ends only when the last connection has: not to be waited for before WebSockets are closed.
    closed ??= app
      .close()
      .then(undefined, (error: unknown) => logger.warn({ err: error }, 'the REST port did not close cleanly'))
    return closed
  }
  return {
    drain: async () => {
      void stopListening()
      if (!(await within(DRAIN_MS, running.none()))) logger.warn('requests still run and are cut off')
    },
    close: async () => {
      app.server.closeAllConnections()
      if (!(await within(CLOSE_MS, stopListening()))) logger.warn('connections of the REST port are still open')
    },
  }
}
