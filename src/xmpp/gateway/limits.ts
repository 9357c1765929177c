/** Limits of the gateway. */
export interface GatewayLimits {
  /** Most publications without an answer at a time. */
  readonly inFlight: number
  /** Most publications that wait for their turn. */
  readonly waiting: number
  /** Largest `Update` document, in bytes of escaped UTF-8. A larger one would end the stream for all notifications. */
  readonly documentBytes: number
  /**
   * Milliseconds that the service may take to answer. Must be longer than the service waits for a client that reads
   * nothing.
   */
  readonly requestTimeoutMs: number
  readonly connectTimeoutMs: number
  /** Milliseconds between the pings that detect a dead service. */
  readonly pingEveryMs: number
  /** First and longest wait before another attempt to connect, in milliseconds. */
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
