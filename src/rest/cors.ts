/** Cross-origin requests (`notifications.md` 1, requirement 6; ruling 42). */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** `enable_all`: pages of every origin; `allow`: of these origins, as Finesse's mode `enable`; `disable`: of none. */
export type CorsMode = 'enable_all' | 'disable' | { readonly allow: readonly string[] }

const METHODS = 'GET, HEAD, PUT, POST, DELETE, OPTIONS'
const ALLOWED_HEADERS =
  'Content-Type, X-Requested-With, accept, Origin, Authorization, Access-Control-Request-Method, Access-Control-Request-Headers, requestId, Range'
// The last one is ours: without it a page cannot read the id that answers its request.
const EXPOSED_HEADERS =
  'Access-Control-Allow-Origin, Access-Control-Allow-Credentials, Access-Control-Allow-Methods, Access-Control-Allow-Headers, Access-Control-Max-Age, requestId'
const MAX_AGE_SECONDS = 1800

/** Sets the headers that a browser needs; answers nothing itself. */
export function setCorsHeaders(mode: CorsMode, request: FastifyRequest, reply: FastifyReply): void {
  if (mode === 'disable') return
  // Answers differ by origin, also for caches that saw a request without one.
  reply.header('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined || !(mode === 'enable_all' || mode.allow.includes(origin))) return
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
  reply.header('access-control-expose-headers', EXPOSED_HEADERS)
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    reply.header('access-control-allow-methods', METHODS)
    reply.header('access-control-allow-headers', ALLOWED_HEADERS)
    reply.header('access-control-max-age', MAX_AGE_SECONDS)
  }
}
