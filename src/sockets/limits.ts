/** Limits of connections: their number, the time without a session, and what the system allows. */
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { Proxies } from './address.ts'

/** Limits of connections. Each has a default. */
export interface ConnectionLimits {
  /**
   * Number of users who may all connect at the same moment, for example after a restart. The defaults of
   * `withoutSession` and `total` leave room for them. 0 when left out.
   */
  readonly users?: number | undefined
  /**
   * Most connections without a session at a time, on all listeners together, not counting those that TLS, HTTP or XMPP
   * has not yet taken over. At the limit the oldest is reset for a new one. When left out, 5000 or two for each of
   * `users`, whichever is more, but not more than half of `total`, or four fifths of it if there are as many users.
   */
  readonly withoutSession?: number | undefined
  /**
   * Most of these from one address, which is an IPv4 address or a /64 network of IPv6. At the limit the oldest from
   * that address is reset. When left out, a fifth of `withoutSession`, so that a flood from one address pushes out only
   * its own connections, and no limit for loopback, where all clients share one address. A given limit also applies to
   * loopback.
   */
  readonly perAddress?: number | undefined
  /** Milliseconds from connecting, or from the last answer, to a session; 30000 when left out. */
  readonly signInMs?: number | undefined
  /**
   * Trusted proxies: addresses, or networks such as `10.0.0.0/8`. Requests from them count for the client that they
   * name in `X-Forwarded-For` or `Forwarded`. These headers are ignored from other addresses. None when left out.
   */
  readonly proxies?: readonly string[] | undefined
  /**
   * Most connections at a time, with or without a session. When left out, 20000 or four for each of `users`, whichever
   * is more. It is never more than the limit of open files of this process allows.
   */
  readonly total?: number | undefined
}

/** The limits in force. */
export interface ResolvedLimits {
  readonly withoutSession: number
  readonly perAddress: number
  /** Does `perAddress` apply to loopback as well? True when it was given. */
  readonly limitsLoopback: boolean
  readonly signInMs: number
  readonly proxies: Proxies
  readonly total: number
  /**
   * Length of the accept queue. All agents of a centre connect at once after a restart, and a listener accepts one
   * connection in each turn of the event loop. When the queue is full, TCP of the client retries after 1, 3, 7, 15 s.
   * The system has a limit of its own (`net.core.somaxconn`).
   */
  readonly backlog: number
}

const MOST_BACKLOG = 4096
const LEAST_BACKLOG = 16
const WITHOUT_SESSION = 5000
/** One address may have one part in this many of the connections without a session. */
const SHARE = 5
/** A desktop has a stream and an HTTP connection, and a restart leaves the old ones for a while. */
const OF_USER = { withoutSession: 2, total: 4 } as const
/** If few files may be open and there are many users, at most this part of all connections may be without a session. */
const MOST_OF_ALL = 0.8
const SIGN_IN_MS = 30_000
const TOTAL = 20_000
/** Open files other than connections: the store, listeners, the engine's own session, files that commands read. */
const OTHER_FILES = 200

/** Fills in the defaults. `files`: limit of open files. Throws `ProxyError` and `InvalidArgument` for invalid limits. */
export function resolveLimits(
  { users = 0, withoutSession, perAddress, signInMs = SIGN_IN_MS, proxies = [], total }: ConnectionLimits,
  files: number | undefined,
): ResolvedLimits {
  if (!Number.isSafeInteger(users) || users < 0) throw new InvalidArgument('users is a whole number from 0')
  const room = files === undefined ? Number.POSITIVE_INFINITY : Math.max(files - OTHER_FILES, Math.floor(files / 2))
  const all = Math.min(whole('total', total ?? Math.max(TOTAL, OF_USER.total * users)), Math.max(2, room))
  const expected = Math.max(WITHOUT_SESSION, OF_USER.withoutSession * users)
  const wanted =
    withoutSession ?? Math.min(expected, Math.max(Math.ceil(all / 2), Math.min(users, Math.floor(MOST_OF_ALL * all))))
  const strangers = Math.min(whole('withoutSession', wanted), all)
  return {
    withoutSession: strangers,
    perAddress: whole('perAddress', perAddress ?? Math.ceil(strangers / SHARE)),
    limitsLoopback: perAddress !== undefined,
    signInMs: whole('signInMs', signInMs),
    proxies: new Proxies(proxies),
    total: all,
    backlog: Math.min(MOST_BACKLOG, Math.max(LEAST_BACKLOG, strangers)),
  }
}

function whole(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgument(`${name} is a whole number from 1`)
  return value
}

let files: { readonly limit: number | undefined } | undefined

/** How many files this process may have open; `undefined` when there is no limit. */
export function openFileLimit(): number | undefined {
  files ??= { limit: readOpenFileLimit() }
  return files.limit
}

/** A setting of `process.report` that is missing in its types. */
const EXCLUDE = 'excludeNetwork'

function readOpenFileLimit(): number | undefined {
  const { report } = process
  const before = at(report, EXCLUDE)
  // Without this setting the report would look up the host names of all connected clients.
  Reflect.set(report, EXCLUDE, true)
  try {
    const soft = at(at(at(report.getReport(), 'userLimits'), 'open_files'), 'soft')
    return typeof soft === 'number' ? soft : undefined
  } finally {
    Reflect.set(report, EXCLUDE, before)
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
