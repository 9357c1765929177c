/** The id of a request, made by the client or the server. It appears in log lines, the journal and explanations. */
import type { IncomingHttpHeaders } from 'node:http'

/** Maximum length of a client's id, in characters. */
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

const isId = (text: string): boolean => text !== '' && text.length <= REQUEST_ID_MAX && PRINTABLE.test(text)
