/** The defaults of a server. They are the same for flags, environment variables and `startServer`. */
import type { CorsMode } from '../rest/index.ts'

/** A port number; 0 takes a free port, `off` does not start the surface. */
export type Port = number | 'off'

/** The ports of the surfaces of one side. TLS surfaces start only with a certificate. */
export interface SurfacePorts {
  readonly restPort: Port
  readonly restTlsPort: Port
  /** BOSH and WebSocket. */
  readonly httpBindPort: Port
  readonly httpBindTlsPort: Port
  readonly xmppPort: Port
  readonly xmppTlsPort: Port
}

export type SurfacePort = keyof SurfacePorts

export interface Defaults extends SurfacePorts {
  readonly host: string
  readonly domain: string
  /** The engine's own account on an external XMPP server. */
  readonly xmppUser: string
  readonly data: string
  /** The data file in virtual time: memory, because such data need not last. */
  readonly virtualData: string
  /** Milliseconds. */
  readonly journalRetention: number
  /** Milliseconds. */
  readonly customerDataRetention: number
  /** Longest time from the first signal to the end, in milliseconds. */
  readonly stopWithin: number
  readonly cors: CorsMode
}

export const DEFAULTS: Defaults = {
  host: '127.0.0.1',
  domain: 'localhost',
  restPort: 8082,
  restTlsPort: 8445,
  httpBindPort: 7071,
  httpBindTlsPort: 7443,
  xmppPort: 5222,
  xmppTlsPort: 5223,
  xmppUser: 'finesse',
  data: './data/mrdian.db',
  virtualData: ':memory:',
  journalRetention: 30 * 86_400_000,
  customerDataRetention: Number.POSITIVE_INFINITY,
  stopWithin: 20_000,
  cors: 'enable_all',
}

export interface Surface {
  readonly key: SurfacePort
  /** The name that operators know. */
  readonly name: string
  readonly flag: `--${string}`
  readonly help: string
  readonly tls: boolean
}

/** Name and flag of each surface. Messages use them, for example when a port is taken. */
export const SURFACES: readonly Surface[] = [
  { key: 'restPort', name: 'REST', flag: '--rest-port', help: 'REST, ACD control, health, metrics', tls: false },
  {
    key: 'restTlsPort',
    name: 'REST over TLS',
    flag: '--rest-tls-port',
    help: 'the same over TLS, with HTTP/2, if there is a certificate',
    tls: true,
  },
  {
    key: 'httpBindPort',
    name: 'BOSH and WebSocket',
    flag: '--http-bind-port',
    help: 'XMPP over BOSH and WebSocket',
    tls: false,
  },
  {
    key: 'httpBindTlsPort',
    name: 'BOSH and WebSocket over TLS',
    flag: '--http-bind-tls-port',
    help: 'the same over TLS, if there is a certificate',
    tls: true,
  },
  { key: 'xmppPort', name: 'XMPP', flag: '--xmpp-port', help: 'XMPP over TCP', tls: false },
  {
    key: 'xmppTlsPort',
    name: 'XMPP over TLS',
    flag: '--xmpp-tls-port',
    help: 'the same over TLS, if there is a certificate',
    tls: true,
  },
]

/** A port for each surface. TLS ports are off without a certificate. */
function portsOf(hasCertificate: boolean, portOf: (key: SurfacePort) => Port): SurfacePorts {
  const port = (key: SurfacePort, tls = false): Port => (tls && !hasCertificate ? 'off' : portOf(key))
  return {
    restPort: port('restPort'),
    restTlsPort: port('restTlsPort', true),
    httpBindPort: port('httpBindPort'),
    httpBindTlsPort: port('httpBindTlsPort', true),
    xmppPort: port('xmppPort'),
    xmppTlsPort: port('xmppTlsPort', true),
  }
}

/** The ports that were asked for, and the defaults for the others. TLS ports are off without a certificate. */
export function surfacePorts(asked: Partial<SurfacePorts>, hasCertificate: boolean): SurfacePorts {
  return portsOf(hasCertificate, (key) => asked[key] ?? DEFAULTS[key])
}

/** The default ports of the second side are those of the first side plus this. */
export const SIDE_B_OFFSET = 10_000

/** The default domain of the second side: a name that resolves to the same machine. */
export const DOMAIN_B = 'b.localhost'

/** Ports of the second side. The default is 0 or `off` where the first side has that, else its port plus the offset. */
export function surfacePortsB(
  asked: Partial<SurfacePorts>,
  first: SurfacePorts,
  hasCertificate: boolean,
): SurfacePorts {
  return portsOf(hasCertificate, (key) => {
    const own = first[key]
    return asked[key] ?? (own === 'off' || own === 0 ? own : own + SIDE_B_OFFSET)
  })
}

export const SIDES = ['A', 'B'] as const

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const LOG_FORMATS = ['auto', 'pretty', 'json'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/** Milliseconds that `mrdian inspect` shows around a moment. The viewer has the same default. */
export const INSPECT_SPAN = 600_000

/** Path on the REST port where external XMPP servers check passwords. */
export const ACCOUNT_CHECK = '/accounts/check'
