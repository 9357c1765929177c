/**
 * The REST API as a Fastify plugin.
 *
 * Order of the checks: state of service (503), caller (401), resource and method (404, 405), correlation id (400),
 * authorisation (401), existence (404), body (415, 400), engine. SystemInfo and UserAuthMode need no credentials.
 * SystemInfo is also answered while out of service.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Side } from '../../machines/wire.ts'
import { type Accounts, accountsOf, type Principal } from '../accounts/api.ts'
import { checkSide } from '../engine/adapters.ts'
import { sideIsLost } from '../engine/input/fault.ts'
import { MAX_DOCUMENT, type ReceivedBody, type WireContext } from '../finesse/index.ts'
import {
  corsHeaders,
  idOf,
  isNamedWrongly,
  isOpenToAll,
  loggedId,
  PRINTABLE,
  pathOfUrl,
  type RequestKey,
  requestKeyOf,
  ServedPaths,
} from '../http/index.ts'
import { restRight } from '../rights/index.ts'
import { Connections, signingIn, surfaceName } from '../sockets/index.ts'
import { authenticate, challengeFor } from './authentication.ts'
import { receivedBody, xmlText } from './body.ts'
import { LongBodies } from './long-bodies.ts'
import type { Call, Operation, PublicCall, Reply } from './operation.ts'
import { OPERATIONS } from './operations/index.ts'
import type { FinesseOptions } from './options.ts'
import { NOT_KEPT, RestRefusal, refusalOf, sendRefusal, XML_TYPE } from './refusal.ts'

export const DEFAULT_PREFIX = '/finesse/api'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']

/** State of one registration of the plugin. */
interface Front {
  readonly options: FinesseOptions
  readonly accounts: Accounts
  readonly side: Side
  readonly wire: WireContext
  /** Host names of the server. */
  readonly names: readonly string[]
  readonly principals: WeakMap<FastifyRequest, Principal>
  readonly longBodies: LongBodies
}

/**
 * `app.register(finesse, { engine })` serves `/finesse/api`, or another `prefix`. The plugin's body parsers, error
 * handler and hooks apply to its own routes only.
 *
 * @throws InvalidArgument for a side that the engine does not have.
 */
export const finesse: FastifyPluginAsync<FinesseOptions & { readonly prefix?: string }> = async (app, options) => {
  await app.register(async (scope) => serve(scope, frontOf(options)), {
    prefix: options.prefix === undefined ? DEFAULT_PREFIX : '',
  })
}

function frontOf(options: FinesseOptions): Front {
  const accounts = accountsOf(options.accounts, options.engine)
  checkSide(options.engine.adapters, options.side ?? 'A')
  const domain = options.xmpp?.domain ?? 'localhost'
  const secondary = options.hosts?.secondary
  return {
    options,
    accounts,
    side: options.side ?? 'A',
    names: [options.hosts?.primary ?? domain, domain, ...(secondary === undefined ? [] : [secondary])],
    wire: {
      primaryHost: options.hosts?.primary ?? 'localhost',
      ...(secondary === undefined ? {} : { secondaryHost: secondary }),
      xmppDomain: domain,
      pubsubDomain: options.xmpp?.pubsub ?? `pubsub.${domain}`,
      authMode: accounts.tokens?.mode ?? 'NON_SSO',
    },
    principals: new WeakMap(),
    longBodies: new LongBodies(),
  }
}

function serve(scope: FastifyInstance, front: Front): void {
  const { connections: guard } = front.options
  const connections = new Connections(guard && { guard, surface: surfaceName('rest', front.side) })
  connections.watch(scope.server)
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: front.options.bodyLimit ?? MAX_DOCUMENT },
    async (request: FastifyRequest, bytes: Buffer): Promise<ReceivedBody> => ({
      contentType: request.headers['content-type'] ?? '',
      bytes,
    }),
  )
  scope.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.key === 'INTERNAL_ERROR') request.log.error({ err: error, ...loggedId(request) }, 'request failed')
    else if (refusal.cause !== undefined)
      request.log.error({ err: refusal.cause, ...loggedId(request) }, 'request failed')
    else request.log.debug({ refusal: refusal.key, ...loggedId(request) }, 'request refused')
    if (refusal.key === 'AUTHENTICATION_FAILED')
      reply.header('www-authenticate', challengeFor(front.accounts, request.raw))
    return sendRefusal(reply, refusal)
  })
  scope.addHook('onRequest', async (request, reply) =>
    sideIsLost(front.options.engine.get, front.side) ? cut(connections, request, reply) : undefined,
  )
  scope.addHook('onRequest', async (request, reply) => {
    const { cors = 'enable_all' } = front.options
    reply.headers({ ...corsHeaders(cors, request), ...NOT_KEPT })
    const requestId = echoedIdOf(request)
    if (requestId !== undefined && PRINTABLE.test(requestId)) reply.header('requestId', requestId)
    reply.header('x-request-id', idOf(request))
    // CORS does not stop DNS rebinding: for the browser, a page whose name resolves to this server has our origin.
    if (!isOpenToAll(cors) && isNamedWrongly(request.raw, front.names)) throw new RestRefusal('FOREIGN_HOST', 'Host')
  })
  addOperations(scope, front)
}

/** A lost side sends no answer: it resets the connection, with everything that runs on it (`notifications 12.2`). */
function cut(connections: Connections, { raw }: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack()
  if (!connections.reset(raw.socket)) raw.destroy()
  return reply
}

/** The methods of each path. OPTIONS is allowed on every path, because browsers send preflight requests. */
const SERVED = new ServedPaths(OPERATIONS, METHODS, ['OPTIONS'])

function addOperations(scope: FastifyInstance, front: Front): void {
  for (const operation of OPERATIONS) {
    // An operation that has no row is found at the start, and not by the first request.
    if (operation.access === 'caller') restRight(operation)
    // Some printed URIs end with a slash.
    for (const url of [operation.path, `${operation.path}/`]) addOperation(scope, front, operation, url)
  }
  // A catch-all for the rest. A route for each method of each path would make the start a third slower.
  for (const url of ['/', '/*']) {
    scope.route({
      method: [...METHODS],
      url,
      onRequest: (request, reply) => refuse(front, request, reply, SERVED.at(request.url, scope.prefix)),
      handler: () => undefined,
    })
  }
}

function addOperation(scope: FastifyInstance, front: Front, operation: Operation, url: string): void {
  const longest = operation.access === 'caller' ? operation.longestBody : undefined
  scope.route<{ Params: Record<string, string>; Querystring: Record<string, unknown> }>({
    method: operation.method,
    url,
    exposeHeadRoute: operation.method === 'GET',
    ...(longest === undefined ? {} : { bodyLimit: longest }),
    onRequest: async (request, reply) => {
      if (operation.path !== '/SystemInfo') checkService(front)
      if (operation.access === 'public') return
      const check = authenticate(front.accounts, request.raw)
      front.principals.set(request, await signingIn(request.raw.socket, check))
      const key = requestKeyOf(request)
      if (key && !key.isValid) throw new RestRefusal('BAD_REQUEST', key.header)
      if (longest !== undefined) front.longBodies.admit(request.raw, reply.raw)
    },
    handler: async (request, reply) => send(reply, await run(front, operation, request)),
  })
}

type OperationRequest = FastifyRequest<{ Params: Record<string, string>; Querystring: Record<string, unknown> }>

/** Some operations exist on one platform only (`user 1.8`). */
function checkPlatform({ options }: Front, { platform, path }: Operation): void {
  const own = options.engine.get.directory().platform
  if (platform !== undefined && platform !== own) throw new RestRefusal('NOT_IMPLEMENTED', path)
}

async function run(front: Front, operation: Operation, request: OperationRequest): Promise<Reply> {
  checkPlatform(front, operation)
  const call: PublicCall = {
    engine: front.options.engine,
    side: front.side,
    wire: front.wire,
    param: (name) => request.params[name] ?? '',
    query: (name) => queryText(request.query[name], name),
    header: (name) => headerText(request.headers[name]),
  }
  if (operation.access === 'public') return operation.run(call)
  const principal = front.principals.get(request)
  if (principal === undefined) throw new RestRefusal('AUTHENTICATION_FAILED')
  const requestId = echoedIdOf(request)
  const full: Call = {
    ...call,
    principal,
    operation,
    body: () => xmlText(request.body),
    received: () => receivedBody(request.body),
    clientLogs: front.options.clientLogs,
    origin: { via: 'rest', by: principal.id, request: idOf(request) },
    ...(requestId === undefined ? {} : { requestId }),
  }
  const key = requestKeyOf(request)
  return key && operation.longestBody === undefined ? runOnce(operation, full, key, request) : operation.run(full)
}

/** A command that is sent again is answered as before, and not done again. All that were accepted are answered by 202. */
function runOnce(
  operation: Extract<Operation, { access: 'caller' }>,
  call: Call,
  { key, header }: RequestKey,
  request: FastifyRequest,
): Promise<Reply> {
  // Clients that know of `requestId` as a correlation id may use it as they like.
  const isUnique = header === 'requestId' ? 'probably' : 'surely'
  const content = `${request.method} ${request.url}\n${call.received()?.bytes.toString('latin1') ?? ''}`
  return call.engine.adapters.once<Reply>(
    { origin: call.origin, key, content, isUnique },
    {
      first: (origin) => operation.run({ ...call, origin }),
      again: ({ position }) => {
        request.log.debug({ position, ...loggedId(request) }, 'a command that was sent again is answered')
        return { status: 202 }
      },
    },
  )
}

function send(reply: FastifyReply, result: Reply): FastifyReply {
  if (result.status === 202 || result.xml === undefined) return reply.code(result.status).send()
  if (result.status === 206) reply.headers(result.headers)
  return reply.code(result.status).header('content-type', XML_TYPE).send(result.xml)
}

function queryText(value: unknown, name: string): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') throw new RestRefusal('INVALID_INPUT', name)
  return value
}

function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

function checkService(front: Front): void {
  if (front.options.engine.get.system(front.side).status === 'OUT_OF_SERVICE') throw new RestRefusal('OUT_OF_SERVICE')
}

/** Correlation id (`requestId`) of a changing request. Reads have none (`user 1.6`). */
function echoedIdOf(request: FastifyRequest): string | undefined {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return undefined
  const header = request.headers.requestid
  return typeof header === 'string' && header !== '' ? header : undefined
}

/**
 * Refuses a path that does not exist (404), or a method that the path does not have (405). OPTIONS (the preflight
 * request of a browser) is answered without credentials and in every state of service.
 */
async function refuse(
  front: Front,
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: readonly string[],
): Promise<FastifyReply> {
  if (allowed.length > 0) reply.header('allow', allowed.join(', '))
  if (request.method === 'OPTIONS') return reply.code(204).send()
  await checkCaller(front, request)
  if (allowed.length > 0 && !allowed.includes(request.method))
    throw new RestRefusal('METHOD_NOT_ALLOWED', request.method)
  throw new RestRefusal('RESOURCE_NOT_FOUND', pathOfUrl(request.url))
}

async function checkCaller(front: Front, request: FastifyRequest): Promise<void> {
  checkService(front)
  await authenticate(front.accounts, request.raw)
}
