/**
 * Control of the built-in ACD as a Fastify plugin: JSON, for administrators only, in every state of service. There is
 * no CORS, because no page of another origin may create work (ruling 42).
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, HTTPMethods } from 'fastify'
import { containedAccounts } from '../accounts/contained.ts'
import { checkSide } from '../engine/adapters.ts'
import { EngineUnavailable } from '../engine/api.ts'
import { foreignBy, idOf, inSlices, loggedId, pathOfUrl, requestKeyOf, ServedPaths } from '../http/index.ts'
import { signingIn } from '../sockets/index.ts'
import { Turns } from '../waiting/turns.ts'
import { CALL_OPERATIONS } from './calls.ts'
import { CAMPAIGN_OPERATIONS } from './campaigns.ts'
import { CLOCK_OPERATIONS } from './clock.ts'
import { CHALLENGE, requireAdministrator } from './credentials.ts'
import { DIRECTORY_OPERATIONS, DIRECTORY_TYPES, directoryText, MAX_DIRECTORY } from './directory.ts'
import { DRAIN_OPERATIONS } from './drain.ts'
import { ERASURE_OPERATIONS } from './erasures.ts'
import { EXPLAIN_OPERATIONS } from './explain.ts'
import { FAULT_OPERATIONS } from './faults.ts'
import { checked, MAX_BODY, parseJson } from './json.ts'
import { KIOSK_OPERATIONS } from './kiosks.ts'
import { NETWORK_OPERATIONS } from './network.ts'
import type { AcdControlOptions, Answer, Call, Operation, Time } from './operation.ts'
import { QUEUE_OPERATIONS } from './queues.ts'
import { ControlRefusal, refusalOf, sendRefusal } from './refusal.ts'
import { nothing } from './requests.ts'
import { TASK_OPERATIONS } from './tasks.ts'

export const DEFAULT_PREFIX = '/acd'

/** All operations, in no order. */
export const OPERATIONS: readonly Operation[] = [
  ...TASK_OPERATIONS,
  ...CALL_OPERATIONS,
  ...CAMPAIGN_OPERATIONS,
  ...FAULT_OPERATIONS,
  ...NETWORK_OPERATIONS,
  ...QUEUE_OPERATIONS,
  ...ERASURE_OPERATIONS,
  ...EXPLAIN_OPERATIONS,
  ...CLOCK_OPERATIONS,
  ...DIRECTORY_OPERATIONS,
  ...DRAIN_OPERATIONS,
  ...KIOSK_OPERATIONS,
]
/** Most requests that may wait while another one moves time. */
const CLOCK_WAITING = 99

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']

/** The methods that each path has. */
const SERVED = new ServedPaths(OPERATIONS, METHODS)

/**
 * `app.register(acdControl, { engine, accounts })` serves `/acd`, or another `prefix`. The plugin's body parsers, error
 * handler and hooks apply to its own routes only.
 */
export const acdControl: FastifyPluginAsync<AcdControlOptions & { readonly prefix?: string }> = async (
  app,
  options,
) => {
  await app.register(async (scope) => serve(scope, options), {
    prefix: options.prefix === undefined ? DEFAULT_PREFIX : '',
  })
}

/** The administrator who sent each request. */
type Administrators = WeakMap<FastifyRequest, string>

interface Front extends AcdControlOptions {
  readonly administrators: Administrators
  readonly time: Time
}

function serve(scope: FastifyInstance, options: AcdControlOptions): void {
  checkSide(options.engine.adapters, options.side ?? 'A')
  const administrators: Administrators = new WeakMap()
  const { clock, settled = async () => undefined } = options
  const accounts = containedAccounts(options.accounts)
  // Requests that move time run one after the other, in the order of their arrival.
  const turns = new Turns(
    { running: 1, waiting: CLOCK_WAITING },
    () => new EngineUnavailable('too many requests wait for the clock', 'FULL'),
  )
  const time = { clock, settled, turns }
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY },
    async (_request: FastifyRequest, bytes: Buffer) => parseJson(bytes),
  )
  scope.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'INTERNAL_ERROR') request.log.error({ err: error, ...loggedId(request) }, 'request failed')
    else request.log.debug({ refusal: refusal.code, ...loggedId(request) }, 'request refused')
    if (refusal.code === 'UNAUTHENTICATED') reply.header('www-authenticate', CHALLENGE)
    return sendRefusal(reply, refusal)
  })
  // Checked before the body is read, and for unknown paths too, so callers without credentials learn nothing.
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': idOf(request) })
    requireOwnPage(request, options.names ?? [])
    const check = requireAdministrator(accounts, request.raw)
    administrators.set(request, await signingIn(request.raw.socket, check))
  })
  const front = { ...options, administrators, time }
  const pathsOf = (body: Operation['body']) =>
    new Set(OPERATIONS.filter((operation) => operation.body === body).map(({ path }) => path))
  for (const path of pathsOf(undefined)) addPath(scope, front, path)
  scope.register(async (inner) => {
    takeDirectories(inner)
    for (const path of pathsOf('directory')) addPath(inner, front, path)
  })
  for (const url of ['/', '/*']) addUnknown(scope, url)
}

/** Refuses every request that comes from a page of another origin. */
function requireOwnPage({ raw }: FastifyRequest, names: readonly string[]): void {
  const header = foreignBy(raw, names)
  if (header === 'Host')
    throw new ControlRefusal('FORBIDDEN', header, 'unknown host name: use localhost, the address or the domain')
  if (header !== undefined) throw new ControlRefusal('FORBIDDEN', header, 'pages of another origin may not do this')
}

/** In this scope bodies are directories: text, which may be larger than other bodies. */
function takeDirectories(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    DIRECTORY_TYPES,
    { parseAs: 'buffer', bodyLimit: MAX_DIRECTORY },
    async (_request: FastifyRequest, bytes: Buffer) => directoryText(bytes),
  )
  scope.addContentTypeParser('*', async () => {
    throw new ControlRefusal(
      'UNSUPPORTED_MEDIA_TYPE',
      'Content-Type',
      'a directory is sent as application/yaml or application/json',
    )
  })
}

function addPath(scope: FastifyInstance, options: Front, path: string): void {
  for (const operation of OPERATIONS.filter((each) => each.path === path)) {
    for (const url of [path, `${path}/`]) addOperation(scope, options, operation, url)
  }
}

function addOperation(scope: FastifyInstance, options: Front, operation: Operation, url: string): void {
  scope.route<{ Params: Record<string, string> }>({
    method: operation.method,
    url,
    exposeHeadRoute: operation.method === 'GET',
    handler: async (request, reply) => {
      if (!operation.takesQuery) checked(nothing, request.query, 'query')
      const call: Call = {
        engine: options.engine,
        side: options.side ?? 'A',
        origin: {
          via: 'acd-control',
          by: options.administrators.get(request) ?? '',
          request: idOf(request),
        },
        time: options.time,
        directory: options.directory,
        stop: options.stop,
        param: (name) => request.params[name] ?? '',
        query: request.query,
        accept: request.headers.accept ?? '',
        body: request.body,
      }
      const { status, json, text, location, headers = {} } = await runOnce(operation, call, request)
      if (location !== undefined) reply.header('location', scope.prefix + location)
      reply.code(status).headers(headers)
      if (text !== undefined) return reply.type('text/plain; charset=utf-8').send(text)
      if (!Array.isArray(json)) return reply.send(json)
      const items = await inSlices(json, (each) => JSON.stringify(each))
      return reply.type('application/json; charset=utf-8').send(`[${items.join(',')}]`)
    },
  })
}

/** A request that is sent again is answered, and not done again, if it has a key and its operation can answer it. */
async function runOnce(operation: Operation, call: Call, request: FastifyRequest): Promise<Answer> {
  const { key, header, isValid = true } = requestKeyOf(request) ?? {}
  if (!isValid && header === 'Idempotency-Key')
    throw new ControlRefusal('INVALID_PARAMETER', header, 'a key has 1 to 256 characters of Latin-1')
  const { again } = operation
  if (key === undefined || !isValid || !again) return operation.run(call)
  const isUnique = header === 'requestId' ? 'probably' : 'surely'
  const content = `${request.method} ${request.url}\n${JSON.stringify(call.body ?? null)}`
  return call.engine.adapters.once<Answer>(
    { origin: call.origin, key, content, isUnique },
    {
      first: (origin) => operation.run({ ...call, origin }),
      again: (known) => {
        request.log.debug(
          { position: known.position, ...loggedId(request) },
          'a request that was sent again is answered',
        )
        return again(call, known)
      },
    },
  )
}

/** Refuses a path that does not exist (404), or a method that the path does not have (405). */
function addUnknown(scope: FastifyInstance, url: string): void {
  scope.route({
    method: [...METHODS],
    url,
    onRequest: async (request, reply) => {
      const allowed = SERVED.at(request.url, scope.prefix)
      if (allowed.length > 0 && !allowed.some((method) => method === request.method)) {
        reply.header('allow', allowed.join(', '))
        throw new ControlRefusal('METHOD_NOT_ALLOWED', request.method, `possible here: ${allowed.join(', ')}`)
      }
      throw new ControlRefusal(
        'NOT_FOUND',
        pathOfUrl(request.url).slice(0, 200),
        'there is nothing at this path; try /tasks, /calls, /faults, /clock or /explain/1001',
      )
    },
    handler: () => undefined,
  })
}
