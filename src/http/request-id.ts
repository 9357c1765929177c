/**
 * The id of a request, made by the client or the server. The answer, log lines, the journal and explanations have it.
 * `src/rest/README.md` has a table.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** Maximum length of a client's id, in characters. A longer `x-request-id` is ignored. */
export const REQUEST_ID_MAX = 256
/** Characters that a response header may contain. Other transports than HTTP/1.1 may accept more in a request. */
export const PRINTABLE = /^[ -~\u00a0-\u00ff]*$/

/**
 * The id that the client gave in the header `requestId` (of the Finesse API) or `x-request-id`. Without a valid one,
 * the result of `made`.
 */
export function requestIdOf(headers: IncomingHttpHeaders, made: () => string): string {
  const given = [headers.requestid, headers['x-request-id']].find((each) => typeof each === 'string' && isId(each))
  return typeof given === 'string' ? given : made()
}

/** A request as Fastify hands it over. */
export interface NumberedRequest {
  readonly id: string
  readonly headers: IncomingHttpHeaders
}

/** The same id, or else the one that Fastify gave the request. */
export const idOf = ({ headers, id }: NumberedRequest): string => requestIdOf(headers, () => id)

/**
 * The field `request` for a log line. The lines of `request.log` have Fastify's id already, so it is missing if that is
 * the id of the request.
 */
export function loggedId(request: NumberedRequest): { readonly request?: string } {
  const id = idOf(request)
  return id === request.id ? {} : { request: id }
}

const isId = (text: string): boolean => text !== '' && text.length <= REQUEST_ID_MAX && PRINTABLE.test(text)
