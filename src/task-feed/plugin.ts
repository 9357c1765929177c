/**
 * The task feed of the Customer Collaboration Platform as a Fastify plugin (`media 14`): a program submits a task as
 * XML, asks what became of it, and cancels it. The documented feed has no authentication, so this one has none either.
 * Register it only where everybody who can reach the server may submit tasks.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { taskVariables } from '../acd/variables.ts'
import { lookup } from '../directory/index.ts'
import { AcdRefusal, type BuiltInAcd } from '../engine/acd/api.ts'
import { type Engine, EngineUnavailable } from '../engine/api.ts'
import type { AcdTaskValue } from '../engine/values.ts'
import {
  type FeedStatus,
  MAX_DOCUMENT,
  type Read,
  type RefusalKey,
  readFeedRequest,
  readXmlBody,
  renderFeedStatus,
  renderRestError,
} from '../finesse/index.ts'
import { foreignBy, idOf } from '../http/index.ts'

/** Options of the `taskFeed` plugin; `prefix` (default `/ccp`) is Fastify's own. */
export interface TaskFeedOptions {
  readonly engine: Engine
  /** Host names of the server besides `localhost` and addresses. */
  readonly names?: readonly string[] | undefined
}

export const DEFAULT_PREFIX = '/ccp'

/** Newer releases have `rest` in their paths. */
const BASES = ['/task', '/rest/task']
const XML_TYPE = 'application/xml;charset=UTF-8'

class FeedRefusal extends Error {
  readonly key: RefusalKey
  readonly about: string
  constructor(key: RefusalKey, about = '') {
    super(key)
    this.name = 'FeedRefusal'
    this.key = key
    this.about = about
  }
}

/** `app.register(taskFeed, { engine })` serves `/ccp/task`, or the same below another `prefix`. */
export const taskFeed: FastifyPluginAsync<TaskFeedOptions & { readonly prefix?: string }> = async (app, options) => {
  await app.register(async (scope) => serve(scope, options), {
    prefix: options.prefix === undefined ? DEFAULT_PREFIX : '',
  })
}

function serve(scope: FastifyInstance, { engine, names = [] }: TaskFeedOptions): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_DOCUMENT },
    async (request: FastifyRequest, bytes: Buffer) =>
      readXmlBody({ contentType: request.headers['content-type'] ?? '', bytes }),
  )
  scope.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.key === 'INTERNAL_ERROR') request.log.error({ err: error }, 'request failed')
    const { status, body } = renderRestError(refusal)
    return reply.code(status).type(XML_TYPE).send(body)
  })
  scope.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': idOf(request) })
    // No page of another origin may create work (ruling 42).
    const foreign = foreignBy(request.raw, names)
    if (foreign !== undefined) throw new FeedRefusal('FOREIGN_HOST', foreign)
  })
  for (const base of BASES) {
    const contact = `${base}/contact/:id`
    scope.post(`${base}/feed/:feed`, (request, reply) => submit(engine, request, reply, `${scope.prefix}${base}`))
    scope.get<WithId>(contact, async ({ params }, reply) =>
      reply.type(XML_TYPE).send(renderFeedStatus(statusOf(builtIn(engine), params.id))),
    )
    scope.delete<WithId>(contact, async (request, reply) => cancel(engine, request.params.id, request, reply))
  }
}

interface WithId {
  readonly Params: { readonly id: string }
}

async function submit(engine: Engine, request: FastifyRequest, reply: FastifyReply, base: string): Promise<unknown> {
  const { scriptSelector, variables } = understood(readFeedRequest(understood(bodyOf(request))))
  const checked = taskVariables.safeParse(Object.fromEntries(variables.map(({ name, value }) => [name, value])))
  if (!checked.success) throw new FeedRefusal('INVALID_INPUT', 'variables')
  const mrd = lookup(engine.get.directory()).mrdBySelector(scriptSelector)?.id ?? ''
  const task = { scriptSelector, mrd, variables: checked.data }
  const { id } = await builtIn(engine).submitTask(task, originOf(request))
  const at = `${request.protocol}://${request.host}${base}/contact/${encodeURIComponent(id)}`
  return reply.code(201).header('location', at).send()
}

/** The customer gives up. A task that is not open any more is as unknown as one that never was. */
async function cancel(engine: Engine, id: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  await builtIn(engine).abandonTask(newest(builtIn(engine), id).id, originOf(request))
  return reply.code(200).send()
}

const originOf = (request: FastifyRequest) => ({ via: 'acd-control', by: 'task feed', request: idOf(request) }) as const

function builtIn({ acd }: Engine): BuiltInAcd {
  if (acd === undefined) throw new FeedRefusal('NOT_IMPLEMENTED', 'task')
  return acd
}

function understood<T>(read: Read<T>): T {
  if (!read.ok) throw new FeedRefusal(read.refused.key, read.refused.about)
  return read.value
}

function bodyOf({ body }: FastifyRequest): Read<string | undefined> {
  return isRead(body) ? body : { ok: true, value: undefined }
}

function isRead(body: unknown): body is Read<string | undefined> {
  return typeof body === 'object' && body !== null && 'ok' in body
}

/** The task with this id or, if it was resubmitted, the one that replaces it. */
function newest(acd: BuiltInAcd, id: string): AcdTaskValue {
  let task = acd.task(id)
  if (task === undefined) throw new FeedRefusal('RESOURCE_NOT_FOUND', id)
  while (task.resubmittedAs !== undefined) {
    const next = acd.task(task.resubmittedAs)
    if (next === undefined) break
    task = next
  }
  return task
}

function statusOf(acd: BuiltInAcd, id: string): FeedStatus {
  const { state, dialogId, agentId } = newest(acd, id)
  switch (state) {
    case 'queued':
    case 'resubmitted':
      return { status: 'QUEUED' }
    case 'reserved':
      return { status: 'RESERVED', dialog: dialogId, agent: agentId }
    case 'handled':
      return { status: 'HANDLED', dialog: dialogId, agent: agentId }
    case 'abandoned':
    case 'lost':
    case 'expired':
      return { status: 'DISCARDED' }
  }
}

const KEYS: Partial<Record<AcdRefusal['code'], readonly [RefusalKey, string]>> = {
  UNKNOWN_SELECTOR: ['INVALID_INPUT', 'scriptSelector'],
  UNKNOWN_TASK: ['RESOURCE_NOT_FOUND', ''],
  TASK_NOT_OPEN: ['RESOURCE_NOT_FOUND', ''],
  TOO_MANY_TASKS: ['OUT_OF_SERVICE', ''],
}

function refusalOf(error: unknown): FeedRefusal {
  if (error instanceof FeedRefusal) return error
  if (error instanceof EngineUnavailable) return new FeedRefusal('OUT_OF_SERVICE')
  if (error instanceof AcdRefusal) return new FeedRefusal(...(KEYS[error.code] ?? ['INVALID_INPUT', error.about]))
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  return new FeedRefusal(typeof status === 'number' && status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR')
}
