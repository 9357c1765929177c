/** Limits of HTTP/2, where one connection can cause unlimited work by resets of streams, pings and settings. */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'

/** Number of frames that may come at once (`burst`), and how many more in each second. */
interface Allowance {
  readonly burst: number
  readonly perSecond: number
}

// All limits are far above what browsers and libraries send.
const RESETS: Allowance = { burst: 200, perSecond: 20 }
const PINGS: Allowance = { burst: 100, perSecond: 10 }
const SETTINGS: Allowance = { burst: 50, perSecond: 5 }
const MAX_STREAMS = 100

/** Options of `http2.createSecureServer`, for the limits that Node itself enforces. */
export const HTTP2_OPTIONS = {
  streamResetBurst: RESETS.burst,
  streamResetRate: RESETS.perSecond,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxSettings: 32,
} as const

/** Settings of a server: most open streams on one connection. */
export const HTTP2_SETTINGS = { maxConcurrentStreams: MAX_STREAMS } as const

/** The rest of an allowance. */
class Bucket {
  readonly #allowance: Allowance
  #left: number
  #at = performance.now()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
    this.#left = allowance.burst
  }

  /** Takes one frame from the allowance. Returns false when nothing is left. */
  take(): boolean {
    const now = performance.now()
    const { burst, perSecond } = this.#allowance
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond)
    this.#at = now
    this.#left -= 1
    return this.#left >= 0
  }
}

/** Calls `flooded` when a session gets too many frames. Ends requests whose body takes longer than `requestMs`. */
export function watchHttp2(session: ServerHttp2Session, requestMs: number, flooded: () => void): void {
  const counted = (allowance: Allowance) => {
    const bucket = new Bucket(allowance)
    return () => {
      if (!bucket.take()) flooded()
    }
  }
  const reset = counted(RESETS)
  session.on('ping', counted(PINGS))
  session.on('remoteSettings', counted(SETTINGS))
  session.on('stream', (stream) => {
    stream.once('aborted', reset)
    cutOffLate(stream, requestMs)
  })
  // Node has ended the session because of its own limits or a protocol error.
  session.on('error', () => undefined)
}

/** Ends a request whose body takes too long. For HTTP/1.1 Node has `requestTimeout`. */
function cutOffLate(stream: ServerHttp2Stream, requestMs: number): void {
  if (stream.endAfterHeaders) return
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), requestMs).unref()
  const stop = () => clearTimeout(timer)
  stream.once('end', stop)
  stream.once('close', stop)
}
