/** Bounds of the gateway. */
export interface GatewayLimits {
  /** Publications without an answer at a time. */
  readonly inFlight: number
  /** Publications that may wait for their turn. */
  readonly waiting: number
  /** Largest `Update` document, bytes of UTF-8 once escaped; a larger one would end the stream for everybody. */
  readonly documentBytes: number
  /** Milliseconds that the service may take to answer; longer than it waits for a client that does not read. */
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  /** Milliseconds between pings, so that a dead service is noticed. */
  readonly pingEveryMs: number
  /** First and longest wait before another attempt to connect. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
}

export const defaultGatewayLimits: GatewayLimits = {
  inFlight: 256,
  waiting: 20_000,
  documentBytes: 1000 * 1024,
  requestTimeoutMs: 30_000,
  connectTimeoutMs: 20_000,
  pingEveryMs: 30_000,
  firstRetryMs: 200,
  longestRetryMs: 30_000,
}
