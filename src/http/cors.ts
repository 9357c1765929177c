/** Cross-origin requests (`notifications 1`, requirement 6; ruling 42). */

/** Which pages of other origins may use a surface. */
export type CorsMode =
  /** Pages of all origins. */
  | 'enable_all'
  /** No page of another origin. */
  | 'disable'
  | {
      /** Pages of these origins, as in Finesse's mode `enable`, or of all. */
      readonly allow: readonly string[] | 'all'
      /** Names of further headers that they may send and read. */
      readonly headers?: readonly string[]
    }

const METHODS = 'GET, HEAD, PUT, POST, DELETE, OPTIONS'
const ALLOWED_HEADERS = [
  'Content-Type',
  'X-Requested-With',
  'accept',
  'Origin',
  'Authorization',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'requestId',
  'Idempotency-Key',
  'Range',
]
const EXPOSED_HEADERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
  'Content-Range',
  // Our addition. Without it a page cannot read the `requestId` of an answer.
  'requestId',
]
const MAX_AGE_SECONDS = 1800

/** The part of a request that is needed here, independent of the kind of server. */
export interface AskingRequest {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** May pages of this origin use the surface? */
export function isListed(mode: CorsMode, origin: string): boolean {
  return isOpenToAll(mode) || (typeof mode !== 'string' && mode.allow.includes(origin))
}

/** May every page use the surface? Then DNS rebinding gives an attacker no advantage. */
export function isOpenToAll(mode: CorsMode): boolean {
  return mode === 'enable_all' || (typeof mode !== 'string' && mode.allow === 'all')
}

/** CORS headers of the answer. A page that may not use the surface gets none that allow it. */
export function corsHeaders(mode: CorsMode, request: AskingRequest): Readonly<Record<string, string>> {
  if (mode === 'disable') return {}
  // Answers depend on the origin. Caches must know this also for requests without an origin.
  const vary = { vary: 'Origin' }
  const origin = textOf(request.headers.origin)
  if (origin === undefined || !isListed(mode, origin)) return vary
  const more = typeof mode === 'string' ? [] : (mode.headers ?? [])
  const headers = {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': [...EXPOSED_HEADERS, ...more].join(', '),
  }
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  if (!isPreflight) return headers
  return {
    ...headers,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': [...ALLOWED_HEADERS, ...more].join(', '),
    'access-control-max-age': String(MAX_AGE_SECONDS),
  }
}
