import type { Limits } from '../../limits.ts'
import type { BodyRequest } from './body.ts'

/** What client and server have agreed for one session (XEP-0124 7). */
export interface Terms {
  /** Number of the first request. */
  readonly rid: number
  /** Version of the protocol. */
  readonly version: string
  /** Most seconds that a request is held. */
  readonly wait: number
  /** Requests that are held at a time. With 0 the client polls. */
  readonly hold: number
  /** Most requests under way at a time. */
  readonly requests: number
  /** The client wants acknowledgements of its requests (XEP-0124 9). */
  readonly acknowledges: boolean
}

/** The newest supported version. */
const VERSION = [1, 11] as const
/** Most requests that are held. More than one would only occupy connections. */
const MOST_HELD = 1

/** The terms that a client asks for, reduced to our limits. */
export function termsOf({ rid, attributes }: BodyRequest, { boshWaitMs }: Pick<Limits, 'boshWaitMs'>): Terms {
  const longest = Math.floor(boshWaitMs / 1000)
  const wait = Math.min(numberOf(attributes.get('wait')) ?? longest, longest)
  const hold = wait === 0 ? 0 : Math.min(numberOf(attributes.get('hold')) ?? MOST_HELD, MOST_HELD)
  const version = versionOf(attributes.get('ver'))
  return { rid, version, wait, hold, requests: hold + 1, acknowledges: attributes.has('ack') }
}

function numberOf(text = ''): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** The lower of the client's version and ours. */
function versionOf(text = ''): string {
  const [major, minor] = VERSION
  const [, asked = ''] = /^1\.(\d{1,3})$/.exec(text) ?? []
  return asked !== '' && Number(asked) < minor ? text : `${major}.${minor}`
}
