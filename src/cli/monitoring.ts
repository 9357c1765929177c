/**
 * `/health` and `/metrics`, for programs that monitor the server. They are on the REST ports or on their own address,
 * and may require a token.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { isSameSecret } from '../accounts/same-secret.ts'
import { foreignBy } from '../http/index.ts'
import { type ConnectionGuard, Connections } from '../sockets/index.ts'
import type { SideHealth } from './health.ts'
import { createHttpServer } from './http-server.ts'
import type { Metrics } from './metrics.ts'

/** The data that both paths show of one side. */
export interface Monitored {
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>
  readonly health: () => SideHealth
}

export interface Monitoring {
  /** The side that is shown, unless `?side=` names another one. */
  readonly own: Side
  readonly sides: ReadonlyMap<Side, Monitored>
  /** Host names of the server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** The token that requests need in `Authorization: Bearer`; `undefined`: they need none. */
  readonly token: string | undefined
}

/** The address of a listener. */
export interface Address {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
}

/** A listener that serves only `/health` and `/metrics`. */
export interface MonitoringSurface {
  readonly port: number
  close(): Promise<void>
}

const BEARER = /^bearer +(\S+) *$/i
/** A token must be long, because wrong tokens are not counted. */
const TOKEN = /^[!-~]{16,1024}$/

/** @throws TypeError for a token that is too short, or that a header cannot contain. */
export function requireGoodToken(token: string | undefined): void {
  if (token !== undefined && !TOKEN.test(token))
    throw new TypeError('the token for metrics has to have 16 to 1024 characters of ASCII, without spaces')
}

/** Adds both paths to a server. */
export function addMonitoring(app: FastifyInstance, monitoring: Monitoring): void {
  const refused = (request: FastifyRequest, reply: FastifyReply) => refusalOf(request, monitoring, reply)
  app.get('/health', async (request, reply) => {
    const seen = refused(request, reply) ?? seenBy(request, monitoring)
    if ('refused' in seen) return refuse(reply, seen)
    const found = seen.health()
    return reply.code(found.status === 'IN_SERVICE' ? 200 : 503).send(found)
  })
  app.get('/metrics', async (request, reply) => {
    const seen = refused(request, reply) ?? seenBy(request, monitoring)
    if ('refused' in seen) return refuse(reply, seen)
    return reply.type(seen.metrics.contentType).send(await seen.metrics.text())
  })
}

interface Refused {
  readonly refused: number
  readonly error: string
  readonly message: string
  readonly about: string
}

function refusalOf({ raw, headers }: FastifyRequest, { names, token }: Monitoring, reply: FastifyReply) {
  reply.header('cache-control', 'no-store')
  const foreign = foreignBy(raw, names)
  if (foreign !== undefined)
    return { refused: 403, error: 'FORBIDDEN', message: 'pages of another origin may not do this', about: foreign }
  if (token === undefined || isSameSecret(BEARER.exec(headers.authorization ?? '')?.[1] ?? '', token)) return undefined
  reply.header('www-authenticate', 'Bearer realm="mrdian metrics"')
  const message = 'the token is needed: Authorization: Bearer'
  return { refused: 401, error: 'UNAUTHENTICATED', message, about: 'Authorization' }
}

function seenBy({ query }: FastifyRequest, { own, sides }: Monitoring): Monitored | Refused {
  const asked = typeof query === 'object' && query !== null && 'side' in query ? query.side : own
  const seen = [...sides].find(([side]) => side === asked)?.[1]
  return seen ?? { refused: 404, error: 'NOT_FOUND', message: 'there is no such side here', about: 'side' }
}

function refuse(reply: FastifyReply, { refused, ...body }: Refused): FastifyReply {
  return reply.code(refused).send(body)
}

/**
 * Opens a listener for these two paths alone. It stays open when a side is lost. Rejects with Node's own error if the
 * address cannot be opened.
 */
export async function openMonitoring(
  address: Address,
  monitoring: Monitoring,
  guard: ConnectionGuard,
  logger: Logger,
): Promise<MonitoringSurface> {
  const connections = new Connections({ guard, surface: 'metrics' })
  const routes = async (app: FastifyInstance) => addMonitoring(app, monitoring)
  const http = await createHttpServer(routes, undefined, connections, logger)
  return {
    port: await http.listen(address),
    close: async () => {
      connections.close()
      await http.close()
    },
  }
}
