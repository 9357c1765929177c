/** Numbers of one listener, for metrics. Counters begin at 0 when it starts. */
export interface SurfaceFigures {
  /** Open connections. */
  open: number
  /** Open connections without a session. */
  withoutSession: number
  /** Of these, those that wait until TLS, HTTP or XMPP takes them over. */
  waiting: number
  /** Reset for a newer connection because there were too many in total. */
  madeWay: number
  /** Reset for a newer connection from the same address because there were too many from there. */
  refusedAddress: number
  /** Refused because there were too many in total and all others had sessions. */
  refusedFull: number
  /** Closed because they had no session in time. */
  timedOut: number
  /** Closed because of a TLS error, or because they did not use TLS. */
  tlsFailed: number
  /** Plain HTTP requests on a port with TLS, which were redirected to the https address. */
  redirected: number
  /** Reset because of a flood of HTTP/2 frames. */
  flooded: number
}

/** All zero. */
export function noSurfaceFigures(): SurfaceFigures {
  return {
    open: 0,
    withoutSession: 0,
    waiting: 0,
    madeWay: 0,
    refusedAddress: 0,
    refusedFull: 0,
    timedOut: 0,
    tlsFailed: 0,
    redirected: 0,
    flooded: 0,
  }
}
