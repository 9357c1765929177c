/** Why a request was not passed on, or has no answer. */
export type ForwardRefusal =
  /** The owner does not say where it is. */
  | 'NO_ADDRESS'
  /** It was not reached, or did not answer. Nothing was done, or the request changes nothing. */
  | 'AWAY'
  /** The connection broke after a command was sent. Nobody knows whether it was done. */
  | 'OUTCOME_UNKNOWN'
  /** The address leads back to a server that passes requests on. */
  | 'LOOP'
  /** Too many requests are under way. */
  | 'FULL'
  /** It has characters that cannot be sent again. */
  | 'UNREADABLE'

/** Requests that change nothing (RFC 9110 9.2.1). */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** `wasSent`: the owner may have got the request. */
export const refusalWithout = (method: string, wasSent: boolean): ForwardRefusal =>
  wasSent && !SAFE.includes(method) ? 'OUTCOME_UNKNOWN' : 'AWAY'
