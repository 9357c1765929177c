/**
 * The headers of a request on its way to the owner, and of the answer on its way back. What belongs to one connection only
 * stays there (RFC 9110 7.6.1). What says who asks is made anew, so that no client can write it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { hasOwnHost, isOfForeignPage } from '../same-origin.ts'
import { type Arriving, isOverTls, sourceOf } from '../source.ts'

/** Added to each request that is passed on. One that has it already came in a circle. */
const VIA = '1.1 mrdian'
/** The owner says with it that the connection has a session. */
export const SESSION_HEADER = 'mrdian-session'
/** Says in each answer which machine has passed it on. */
export const FORWARDED_BY = 'mrdian-forwarded-by'

const OF_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]
const MADE_ANEW = [
  'host',
  'origin',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
  // Node has answered it.
  'expect',
  'content-length',
]

/** A request as both kinds of server have it. */
export interface PassedRequest extends Arriving {
  readonly method?: string | undefined
  readonly httpVersionMajor: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
}

export interface HeaderContext {
  /** Base URL of the owner. */
  readonly to: URL
  /** Host names of this server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** A header that this server adds to each request, as name and value. One of this name from a client is left out. */
  readonly own?: readonly [name: string, value: string] | undefined
}

/** Has the request been passed on before? */
export const isPassedOn = ({ headers }: PassedRequest): boolean => namesIn(headers.via).includes(namesIn(VIA)[0] ?? '')

/** Names and values, alternating, as Node takes them. */
export function requestHeaders(request: PassedRequest, { to, names, own }: HeaderContext): string[] {
  const { headers } = request
  const { host, origin } = addressed(headers, to, names)
  return [
    ...['host', host],
    ...(origin === undefined ? [] : ['origin', origin]),
    ...passed(request.rawHeaders, headers.connection, own ? [...MADE_ANEW, own[0]] : MADE_ANEW),
    ...(own ?? []),
    ...['via', headers.via === undefined ? VIA : `${headers.via}, ${VIA}`],
    ...['x-forwarded-for', sourceOf(request) ?? 'unknown'],
    ...['x-forwarded-proto', isOverTls(request) ? 'https' : 'http'],
  ]
}

/** How the body of a request ends, as its own headers say it. */
export function framing({ method = '', headers, httpVersionMajor }: PassedRequest, hasBody: boolean): string[] {
  const length = headers['content-length']
  if (length !== undefined) return ['content-length', length]
  if (headers['transfer-encoding'] !== undefined || (httpVersionMajor > 1 && hasBody))
    return ['transfer-encoding', 'chunked']
  return ['POST', 'PUT', 'PATCH'].includes(method) ? ['content-length', '0'] : []
}

/** Names and values of an answer, alternating. `by`: the machine that passes it on. */
export function answerHeaders(
  { headers, rawHeaders }: { readonly headers: IncomingHttpHeaders; readonly rawHeaders: readonly string[] },
  by: string,
): string[] {
  return [...passed(rawHeaders, headers.connection, [SESSION_HEADER, FORWARDED_BY]), FORWARDED_BY, by]
}

/** Without those of HTTP/2 (`:path`), of the connection, and the ones that it names, and without `others`. */
function passed(raw: readonly string[], connection: string | undefined, others: readonly string[]): string[] {
  const stays = new Set([...OF_CONNECTION, ...others, ...namesIn(connection)])
  const kept: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2)
    if (!name.startsWith(':') && !stays.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}

/**
 * Host and origin. A request of a page of this server, or of a program that asks this server by one of its names, becomes
 * one of the owner's own. All others keep theirs, and the owner judges them as it always does.
 */
function addressed(headers: IncomingHttpHeaders, to: URL, names: readonly string[]) {
  const host = (headers.host ?? headers[':authority'] ?? '').toString()
  const { origin } = headers
  if (!hasOwnHost({ host }, names) || isOfForeignPage({ headers: { host, origin } })) return { host, origin }
  return { host: to.host, origin: origin === undefined ? undefined : to.origin }
}

/** The elements of a header, in small letters and without spaces. */
function namesIn(header = ''): readonly string[] {
  return header.replaceAll(/[ \t]/g, '').toLowerCase().split(',')
}
