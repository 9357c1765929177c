/** The options of `mrdian serve`, from its flags and environment variables. */
import type { CorsMode } from '../rest/index.ts'
import { type LogFormat, type LogLevel, type Port, SURFACES, type SurfacePort, type SurfacePorts } from './defaults.ts'
import type { ServerOptions, SideBOptions } from './server-options.ts'
import type { ServerSso } from './sso.ts'

/** Holds the token itself. There is no flag for it, because everybody on the machine can see flags. */
export const TOKEN_VARIABLE = 'MRDIAN_METRICS_TOKEN'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The options of a server that have a flag each, with the same meaning. */
type OfServer = Pick<
  ServerOptions,
  | ('confirmRemovals' | 'removalLimit' | 'acceptUnreplicated' | 'advertise' | 'verifiedKey' | 'sideB' | 'tls')
  | ('connections' | 'sso' | 'taskFeed' | 'xmppService' | 'xmppPassword' | 'board' | 'start' | 'inspect')
  | ('inspectPersonal' | 'metricsListen' | 'metricsToken' | 'serves')
>

/** Options of `mrdian serve`. Times are in milliseconds. */
export interface ServeOptions extends Mutable<SurfacePorts>, Mutable<OfServer> {
  directory?: string
  data: string
  acceptOlderData: boolean
  standby?: boolean
  journalRetention: number
  customerDataRetention: number
  host: string
  domain: string
  cors: CorsMode
  authorizeSubscriptions: boolean
  xmppUser: string
  /** File that contains the password. */
  xmppPasswordFile?: string
  virtualTime: boolean
  /** Longest time from the first signal to the end. */
  stopWithin?: number
  /** File that contains the token. */
  metricsTokenFile?: string
  logLevel: LogLevel
  logFormat: LogFormat
}

/** The values of the flags. `data` may be missing, because its default depends on `--virtual-time`. */
export type Chosen = Omit<ServeOptions, 'data' | 'sideB' | 'connections' | 'sso'> &
  Partial<Pick<ServeOptions, 'data'>> &
  ConnectionFlags &
  SsoFlags &
  SideBPorts & {
    sideB: boolean
    domainB?: string
    /** In addition to the usual headers. */
    corsHeaders?: readonly string[]
    /** Allows other machines to reach the inspector. */
    inspectRemote?: boolean
  }

/** Single sign-on, under the names of the flags. */
interface SsoFlags {
  sso?: 'off' | 'hybrid' | 'on'
  ssoIssuer?: string
  ssoAudience?: string
  ssoKeys?: string
  ssoUserClaim?: string
  /** Milliseconds. */
  ssoClockSkew?: number
}

/** The flags that need `--sso`, and those that need an issuer elsewhere. */
export const SSO_FLAGS = ['ssoIssuer', 'ssoAudience', 'ssoKeys', 'ssoUserClaim', 'ssoClockSkew'] as const

/** Single sign-on of the flags, which have been checked; `undefined` if it is off. */
export function ssoOf({
  sso,
  ssoIssuer,
  ssoAudience,
  ssoKeys,
  ssoUserClaim,
  ssoClockSkew,
}: Chosen): ServerSso | undefined {
  if (sso === undefined || sso === 'off') return undefined
  const mode = sso === 'on' ? 'SSO' : 'HYBRID'
  if (ssoIssuer === undefined || ssoIssuer === LOCAL_ISSUER) return { mode, issuer: LOCAL_ISSUER }
  const clockSkewSeconds = ssoClockSkew === undefined ? undefined : ssoClockSkew / 1000
  const where = { issuer: ssoIssuer, audience: ssoAudience ?? '', keys: ssoKeys ?? '' }
  return { mode, issuer: { ...where, userClaim: ssoUserClaim, clockSkewSeconds } }
}

/** The server issues the tokens itself. */
export const LOCAL_ISSUER = 'local'

/** Limits of connections, under the names of the flags. */
interface ConnectionFlags {
  pendingConnections?: number
  pendingPerAddress?: number
  signInTime?: number
  trustedProxies?: readonly string[]
}

/** Ports of the second side, under the names of the flags. */
type SideBPorts = { -readonly [K in SurfacePort as `${K}B`]?: Port }

export const SIDE_B_KEYS: readonly (readonly [SurfacePort, keyof SideBPorts])[] = SURFACES.map(
  ({ key }) => [key, `${key}B`] as const,
)

/** The options of the second side; `undefined` without `--side-b`. */
export function sideBOf(chosen: Chosen): SideBOptions | undefined {
  if (!chosen.sideB) return undefined
  const ports = SIDE_B_KEYS.flatMap(([key, keyB]) => (chosen[keyB] === undefined ? [] : [[key, chosen[keyB]] as const]))
  return { ...(chosen.domainB === undefined ? {} : { domain: chosen.domainB }), ...Object.fromEntries(ports) }
}
