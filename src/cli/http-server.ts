/** The HTTP server under a REST port: plain, or over TLS with HTTP/2 and HTTP/1.1. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2SecureServer, Http2ServerResponse } from 'node:http2'
import type { Server } from 'node:net'
import type { FastifyBaseLogger, FastifyError, FastifyPluginAsync } from 'fastify'
import type { Logger } from 'pino'
import { DEFAULT_PREFIX as ACD, answerOf, refusalOf } from '../acd/index.ts'
import { fastify, LogController } from '../bundled/fastify.ts'
import { EngineUnavailable } from '../engine/api.ts'
import { idOf, type NumberedRequest } from '../http/index.ts'
import { DEFAULT_PREFIX as FINESSE, finesseServerOptions, frameworkAnswer } from '../rest/index.ts'
import { type Connections, HTTP2_OPTIONS, HTTP2_SETTINGS } from '../sockets/index.ts'
import type { TlsCertificate } from '../tls/index.ts'

interface Place {
  readonly host: string
  readonly port: number
}

/** A server that can listen on a port. */
export interface HttpServer {
  readonly server: Server
  /** Resolves with the port that was opened. If that is not possible, rejects with Node's own error. */
  listen(place: Place): Promise<number>
  /** Makes it ready for requests that another server hands to it, instead of `listen`. */
  ready(): Promise<void>
  /** Stops accepting connections when none waits to be accepted. Do not answer refused requests before it resolves. */
  stopAccepting(): Promise<void>
  /** The same, but resolves when the last connection has ended. */
  close(): Promise<void>
}

/** A request that takes longer to arrive is cut off, also on a connection with a session. */
const REQUEST_TIMEOUT_MS = 30_000
const CHECK_MS = 5000
const MAX_HEADER_BYTES = 16 * 1024
const UPGRADED_PATH = /^\/(?:ws|inspect\/(?:board\/)?stream|pair\/link)\/?(?:\?|$)/

const noSchema = (): never => {
  throw new Error('bodies are checked with zod, and routes have no JSON schema')
}
// Without this, Fastify would load its JSON schema compilers, a hundred modules, at every start.
const WITHOUT_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } }

// Java's HTTP client offers an upgrade to HTTP/2 with every request. Such an offer is ignored.
const shouldUpgradeCallback = (request: IncomingMessage) => UPGRADED_PATH.test(request.url ?? '')

/** Makes a server for the routes of `routes`. `connections` watches its connections. */
export async function createHttpServer(
  routes: FastifyPluginAsync,
  certificate: TlsCertificate | undefined,
  connections: Connections,
  logger: Logger,
): Promise<HttpServer> {
  if (certificate === undefined) {
    const app = fastify({
      ...commonOptions(logger),
      frameworkErrors: (error, request, reply) => answerRaw(reply.hijack().raw, error, request),
      http: { maxHeaderSize: MAX_HEADER_BYTES, shouldUpgradeCallback, connectionsCheckingInterval: CHECK_MS },
    })
    await app.register(routes)
    return prepared(app.server, app, connections)
  }
  const app = fastify<Http2SecureServer>({
    ...commonOptions(logger),
    frameworkErrors: (error, request, reply) => answerRaw(reply.hijack().raw, error, request),
    http2: true,
    https: {
      ...certificate.context(),
      allowHTTP1: true,
      ...HTTP2_OPTIONS,
      settings: { ...HTTP2_SETTINGS, maxHeaderListSize: MAX_HEADER_BYTES },
      // These are for HTTP/1.1, which Fastify does not configure here.
      ...{ maxHeaderSize: MAX_HEADER_BYTES, shouldUpgradeCallback, ...HTTP1_TIMES },
    },
  })
  await app.register(routes)
  certificate.follow(app.server)
  return prepared(app.server, app, connections)
}

const HTTP1_TIMES = {
  headersTimeout: REQUEST_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: CHECK_MS,
} as const

const STOPPING = new EngineUnavailable('the server is stopping', 'CLOSING')

/** The answer of a server that is stopping, or not in service yet: an error in the format of the API that was asked. */
export function endingAnswer(url: string, error = STOPPING) {
  return url.startsWith(`${FINESSE}/`) ? frameworkAnswer(error, url) : answerOf(refusalOf(error))
}

function commonOptions(logger: Logger) {
  const loggerInstance: FastifyBaseLogger = logger
  const { clientErrorHandler, genReqId, routerOptions } = finesseServerOptions()
  return {
    clientErrorHandler,
    routerOptions,
    loggerInstance,
    genReqId,
    schemaController: WITHOUT_SCHEMAS,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Fastify's own 503 is always JSON. `endingAnswer` has the format of the API that was asked.
    return503OnClosing: false,
  }
}

/** The part of Fastify's request that such an answer needs. */
interface BareRequest extends NumberedRequest {
  readonly raw: { readonly url?: string | undefined }
}

/** Answers an error that happens before a plugin sees the request, on both kinds of server. */
function answerRaw(raw: ServerResponse | Http2ServerResponse, error: FastifyError, request: BareRequest): void {
  const { url = '' } = request.raw
  const { status, type, body } = url.startsWith(`${ACD}/`) ? answerOf(refusalOf(error)) : frameworkAnswer(error, url)
  raw.statusCode = status
  raw.setHeader('content-type', type)
  raw.setHeader('cache-control', 'no-store')
  raw.setHeader('x-request-id', idOf(request))
  raw.end(body)
}

function prepared(
  server: Server,
  app: {
    listen(place: Place & { readonly backlog: number }): Promise<unknown>
    ready(): PromiseLike<unknown>
    close(): Promise<unknown>
  },
  connections: Connections,
): HttpServer {
  connections.watch(server)
  let accepting: Promise<void> | undefined
  const stopAccepting = () => {
    accepting ??= connections.stopAccepting(server)
    return accepting
  }
  const close = async () => {
    await stopAccepting()
    connections.closeUnready()
    await app.close()
  }
  const listen = async (place: Place) => {
    try {
      await app.listen({ ...place, backlog: connections.backlog })
    } catch (error) {
      await close()
      throw error
    }
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : place.port
  }
  const ready = async () => void (await app.ready())
  return { server, stopAccepting, listen, ready, close }
}
