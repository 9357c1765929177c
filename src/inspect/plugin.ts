/** The requests of `/inspect`, as a Fastify plugin. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { accountsOf, type HasAccounts } from '../accounts/api.ts'
import type { History } from '../engine/ports.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { idOf, loggedId } from '../http/index.ts'
import { signingIn } from '../sockets/index.ts'
import { AccessRefusal } from './access/refusal.ts'
import { requireSameOrigin } from './access/same-origin.ts'
import { addSignIn } from './access/sign-in-routes.ts'
import type { InspectedEngine } from './bridge.ts'
import { machineDefinitions } from './definitions.ts'
import { addExplain } from './explaining.ts'
import { NothingKept, recollect } from './history.ts'
import type { Frame } from './protocol.ts'
import { momentIn, recollectionIn } from './queries.ts'
import { ndjson } from './recollecting.ts'
import { DEFAULT_PREFIX, type InspectorOptions, InspectorService, noLiveStream } from './service.ts'
import { statesAt } from './states.ts'
import { viewerPage } from './viewer/plugin.ts'

const CHALLENGE = 'Basic realm="mrdian inspector", charset="UTF-8"'
/** No request needs a body. A body is read and ignored. */
const BODY_MAX = 1024
/** Most histories that are sent at once. */
const HISTORIES_MAX = 4

/**
 * `app.register(inspector, { engine })` serves `/inspect`, or another `prefix`, below the prefix of `app`: the viewer's
 * page at `/inspect/`, its requests and its stream. It uses the accounts of the engine unless `accounts` is given. It
 * handles the server's upgrade requests for its stream, and leaves other upgrades to others.
 *
 * @throws InvalidArgument if there is no account that may sign in.
 */
export const inspector: FastifyPluginAsync<
  Omit<InspectorOptions, 'engine'> & { readonly engine: InspectedEngine & HasAccounts }
> = async (app, options) => {
  const { engine } = options
  // Fastify has put the option `prefix` behind the prefix of the parent already.
  const prefix = options.prefix === undefined ? `${app.prefix}${DEFAULT_PREFIX}` : app.prefix
  const service = new InspectorService({ ...options, prefix, accounts: accountsOf(options.accounts, engine) })
  await app.register(inspectorRoutes, { service })
  app.server.on('upgrade', (request, socket, head) => {
    if (service.handleUpgrade(request, socket, head) || app.server.listenerCount('upgrade') > 1) return
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n')
  })
  // Runs before the server waits for its connections to end.
  app.addHook('preClose', () => service.close())
}

/**
 * The routes of a service and the viewer's page. The owner of the server must pass upgrade requests to `handleUpgrade`
 * of the service.
 *
 * @throws InvalidArgument if the prefix of `app` is not the beginning of the service's prefix, because then the page
 * would not find the stream.
 */
export const inspectorRoutes: FastifyPluginAsync<{ readonly service: InspectorService }> = async (app, { service }) => {
  if (!`${service.prefix}/`.startsWith(`${app.prefix}/`))
    throw new InvalidArgument(`the routes are below ${app.prefix}, and the service is at ${service.prefix}`)
  const prefix = service.prefix.slice(app.prefix.length)
  await app.register(async (scope) => serve(scope, service), { prefix })
  await app.register(viewerPage, { prefix })
}

function serve(scope: FastifyInstance, service: InspectorService): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_MAX }, async () => undefined)
  scope.setErrorHandler((error, request, reply) => sendRefusal(request, reply, error))
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': idOf(request) })
    requireSameOrigin(request.headers, service.hosts)
  })
  addSignIn(scope, service.gate, ({ admission }) => admission)
  scope.get('/machines', async (request) => {
    await admit(service, request)
    return machineDefinitions()
  })
  scope.get('/stream', async (request) => {
    await admit(service, request)
    if (!service.isLive) throw noLiveStream()
    throw new AccessRefusal('UPGRADE_NEEDED', '', 'the stream is a WebSocket')
  })
  addHistory(scope, service)
  addExplain(scope, service)
}

/** Checks the sign-in of the request. @throws the refusal. */
async function admit({ gate }: InspectorService, { raw }: FastifyRequest): Promise<void> {
  await signingIn(raw.socket, gate.enter(null, raw))
}

/** `/history`: the past of a few users or dialogs. `/states`: the states of all users at a moment. */
function addHistory(scope: FastifyInstance, service: InspectorService): void {
  addLines(scope, service, '/history', (history, query, now) =>
    recollect(history, recollectionIn(query, now), service.personal),
  )
  addLines(scope, service, '/states', (history, query, now) => {
    const { at = now } = momentIn(query, now)
    return statesAt(history, at)
  })
}

/** A request that is answered with frames of the past. */
type Past = (history: History, query: URLSearchParams, now: number) => AsyncGenerator<readonly Frame[]>

function addLines(scope: FastifyInstance, service: InspectorService, path: string, past: Past): void {
  const begun = async (history: History, query: URLSearchParams) => ndjson(past(history, query, await service.now()))
  let running = 0
  scope.get(path, async (request, reply) => {
    await admit(service, request)
    const { history } = service
    if (!history) throw new AccessRefusal('NO_HISTORY', '', 'the store of this engine keeps only the present')
    if (running >= HISTORIES_MAX)
      throw new AccessRefusal('UNAVAILABLE', '', 'too many histories are being sent, try again')
    running += 1
    const lines = await begun(history, new URL(request.url, 'http://here').searchParams).catch((error) => {
      running -= 1
      throw error
    })
    lines.once('close', () => {
      running -= 1
    })
    lines.once('error', (error) =>
      request.log.error({ err: error, ...loggedId(request) }, 'a history could not be sent'),
    )
    return reply.type('application/x-ndjson').send(lines)
  })
}

function sendRefusal(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const refusal = refusalOf(error)
  if (refusal.code === 'INTERNAL_ERROR') request.log.error({ err: error, ...loggedId(request) }, 'request failed')
  else request.log.debug({ refusal: refusal.code, ...loggedId(request) }, 'request refused')
  if (refusal.code === 'UNAUTHENTICATED' && !isPage(request)) reply.header('www-authenticate', CHALLENGE)
  return reply.code(refusal.status).type('application/json; charset=utf-8').send(refusal.body)
}

/** The refusal for an error. If the caller did not cause the error, the refusal has no details. */
function refusalOf(error: unknown): AccessRefusal {
  if (error instanceof AccessRefusal) return error
  if (error instanceof NothingKept) return new AccessRefusal('NOT_KEPT', error.about, error.message)
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AccessRefusal('MALFORMED_REQUEST', '', 'the request is not well-formed')
  return new AccessRefusal('INTERNAL_ERROR', '', 'something went wrong here; the log of the server has more')
}

/** True for a request of a script. Its page asks for the password itself, so the browser must not show its dialog. */
const isPage = ({ headers }: FastifyRequest) =>
  headers['sec-fetch-mode'] !== undefined && headers['sec-fetch-mode'] !== 'navigate'
