/** How many connections there may be, for how long they may do without a session, and what the system has room for. */
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { Proxies } from './address.ts'

/** Bounds of connections. Every one has a default. */
export interface ConnectionLimits {
  /**
   * Connections without a session at a time, on all listeners together; at the limit the oldest makes way for a new one.
   * 5000 when left out, or half of `total` where that is less.
   */
  readonly withoutSession?: number | undefined
  /**
   * Of these, connections from one address: an IPv4 address, or an IPv6 network of 64 bits. At the limit the oldest from
   * that address makes way. When left out a fifth, so that a flood from one address pushes out nobody but itself, and no
   * such limit for loopback addresses, where everybody comes from one; a limit that is given holds for them too.
   */
  readonly perAddress?: number | undefined
  /** Milliseconds from connecting, or from the last answer, to a session; 30000 when left out. */
  readonly signInMs?: number | undefined
  /**
   * Addresses, or networks as `10.0.0.0/8`, of proxies: connections from them count for the client that they name in
   * `X-Forwarded-For` or `Forwarded`, which nobody else is believed. None when left out.
   */
  readonly proxies?: readonly string[] | undefined
  /**
   * Connections at a time, with a session or without. When left out as many as the limit of open files of this process
   * leaves, and 20000 where there is none. Never more than that leaves.
   */
  readonly total?: number | undefined
}

/** The limits in force. */
export interface ResolvedLimits {
  readonly withoutSession: number
  readonly perAddress: number
  /** Has `perAddress` been given, so that it is meant for loopback as well? */
  readonly limitsLoopback: boolean
  readonly signInMs: number
  readonly proxies: Proxies
  readonly total: number
  /**
   * Connections that may wait to be accepted: all of them may come in one go, before anything is read from those that are
   * there, and must not push them all out. Whoever finds no place tries again after a second, by TCP's own means.
   */
  readonly backlog: number
}

const MOST_BACKLOG = 511
const LEAST_BACKLOG = 16
const WITHOUT_SESSION = 5000
/** Part of those without a session that one address may have. */
const SHARE = 5
const SIGN_IN_MS = 30_000
const TOTAL = 20_000
/** Open files that are no connections: the store, listeners, the engine's own session, what commands read. */
const OTHER_FILES = 200

/** Fills in the defaults; `files` is the limit of open files. Throws `ProxyError` and `InvalidArgument`. */
export function resolveLimits(
  { withoutSession, perAddress, signInMs = SIGN_IN_MS, proxies = [], total = TOTAL }: ConnectionLimits,
  files: number | undefined,
): ResolvedLimits {
  const room = files === undefined ? Number.POSITIVE_INFINITY : Math.max(files - OTHER_FILES, Math.floor(files / 2))
  const all = Math.min(whole('total', total), Math.max(2, room))
  const wanted = withoutSession ?? Math.min(WITHOUT_SESSION, Math.ceil(all / 2))
  const strangers = Math.min(whole('withoutSession', wanted), all)
  return {
    withoutSession: strangers,
    perAddress: whole('perAddress', perAddress ?? Math.ceil(strangers / SHARE)),
    limitsLoopback: perAddress !== undefined,
    signInMs: whole('signInMs', signInMs),
    proxies: new Proxies(proxies),
    total: all,
    backlog: Math.min(MOST_BACKLOG, Math.max(LEAST_BACKLOG, Math.floor(strangers / 2))),
  }
}

function whole(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgument(`${name} is a whole number from 1`)
  return value
}

let files: { readonly limit: number | undefined } | undefined

/** How many files this process may have open; undefined where the system has no such limit. */
export function openFileLimit(): number | undefined {
  files ??= { limit: readOpenFileLimit() }
  return files.limit
}

/** A setting of `process.report` that its types do not know. */
const EXCLUDE = 'excludeNetwork'

function readOpenFileLimit(): number | undefined {
  const { report } = process
  const before = at(report, EXCLUDE)
  // Else it would look up the names of all peers.
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
