/** Bounds of HTTP/2, where one connection can make work without end: streams that are reset, pings, settings. */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'

/** Frames that may come at once, and then in a second. */
interface Allowance {
  readonly burst: number
  readonly perSecond: number
}

/** Far more than browsers and libraries send. */
const RESETS: Allowance = { burst: 200, perSecond: 20 }
const PINGS: Allowance = { burst: 100, perSecond: 10 }
const SETTINGS: Allowance = { burst: 50, perSecond: 5 }
const MAX_STREAMS = 100

/** Options of `http2.createSecureServer` that bound what Node itself can bound. */
export const HTTP2_OPTIONS = {
  streamResetBurst: RESETS.burst,
  streamResetRate: RESETS.perSecond,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxSettings: 32,
} as const

/** Settings of a server: how many streams a client may have open on one connection. */
export const HTTP2_SETTINGS = { maxConcurrentStreams: MAX_STREAMS } as const

/** What is left of an allowance. */
class Bucket {
  readonly #allowance: Allowance
  #left: number
  #at = performance.now()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
    this.#left = allowance.burst
  }

  /** False when there is nothing left. */
  take(): boolean {
    const now = performance.now()
    const { burst, perSecond } = this.#allowance
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond)
    this.#at = now
    this.#left -= 1
    return this.#left >= 0
  }
}

/** Calls `flooded` when a session gets more frames than any client needs, and cuts off requests whose body takes too long. */
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
  // Node has ended it by itself, because of its own limits or an error of the protocol.
  session.on('error', () => undefined)
}

/** HTTP/1.1 has `requestTimeout` for this. */
function cutOffLate(stream: ServerHttp2Stream, requestMs: number): void {
  if (stream.endAfterHeaders) return
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), requestMs).unref()
  const stop = () => clearTimeout(timer)
  stream.once('end', stop)
  stream.once('close', stop)
}
