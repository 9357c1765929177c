/** What a server does unless told otherwise: the same for flags, environment variables and `startServer`. */
import type { CorsMode } from '../rest/index.ts'

/** A port; 0 takes a free one, `off` starts nothing. */
export type Port = number | 'off'

export interface Defaults {
  readonly host: string
  readonly domain: string
  readonly restPort: Port
  readonly httpBindPort: Port
  readonly xmppPort: Port
  readonly data: string
  /** Where the data is under virtual time: nothing that has to last is made there. */
  readonly virtualData: string
  /** Milliseconds. */
  readonly journalRetention: number
  /** Milliseconds. */
  readonly customerDataRetention: number
  readonly cors: CorsMode
}

export const DEFAULTS: Defaults = {
  host: '127.0.0.1',
  domain: 'localhost',
  restPort: 8082,
  httpBindPort: 7071,
  xmppPort: 5222,
  data: './data/mrdian.db',
  virtualData: ':memory:',
  journalRetention: 30 * 86_400_000,
  customerDataRetention: Number.POSITIVE_INFINITY,
  cors: 'enable_all',
}

/** Name and flag of each surface: what an operator is told when its port is taken. */
export const SURFACES = {
  restPort: { name: 'REST', flag: '--rest-port' },
  httpBindPort: { name: 'WebSocket', flag: '--http-bind-port' },
  xmppPort: { name: 'XMPP', flag: '--xmpp-port' },
} as const

export type SurfacePort = keyof typeof SURFACES

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const LOG_FORMATS = ['auto', 'pretty', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]
