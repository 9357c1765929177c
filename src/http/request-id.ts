/** One id for a request: the client's, or one that the server makes. It goes into log lines, the journal and explanations. */
import type { IncomingHttpHeaders } from 'node:http'

/** Longest id of a client, in characters. */
export const REQUEST_ID_MAX = 256
/** Characters that a response header may contain. Another transport than HTTP/1.1 might accept more in a request. */
export const PRINTABLE = /^[ -~\u00a0-\u00ff]*$/

/**
 * The id that the client gave in `requestId` (of the Finesse API) or `x-request-id`, if it can be kept; `made` otherwise.
 */
export function requestIdOf(headers: IncomingHttpHeaders, made: () => string): string {
  const given = [headers.requestid, headers['x-request-id']].find((each) => typeof each === 'string' && isId(each))
  return typeof given === 'string' ? given : made()
}

const isId = (text: string): boolean => text !== '' && text.length <= REQUEST_ID_MAX && PRINTABLE.test(text)
