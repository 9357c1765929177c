/** Numbers of one listener, for metrics; counters run from its start. */
export interface SurfaceFigures {
  /** Open connections. */
  open: number
  /** Of these, without a session. */
  withoutSession: number
  /** Ended for a newer one, because there were too many in all. */
  madeWay: number
  /** Ended for a newer one of the same address, because there were too many from there. */
  refusedAddress: number
  /** Refused: there were too many in all, and every other had a session. */
  refusedFull: number
  /** Ended because they had no session in time. */
  timedOut: number
  /** Ended because of an error of TLS, or because it was no TLS at all. */
  tlsFailed: number
  /** HTTP requests without TLS on a port with TLS, which were sent to the https address. */
  redirected: number
  /** Ended because of a flood of HTTP/2 frames. */
  flooded: number
}

/** All zero. */
export function noSurfaceFigures(): SurfaceFigures {
  return {
    open: 0,
    withoutSession: 0,
    madeWay: 0,
    refusedAddress: 0,
    refusedFull: 0,
    timedOut: 0,
    tlsFailed: 0,
    redirected: 0,
    flooded: 0,
  }
}
