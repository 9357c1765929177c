/** What the flags and environment variables of `mrdian serve` say. */
import type { RemovalLimit } from '../directory/index.ts'
import type { CorsMode } from '../rest/index.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { CertificateFiles } from '../tls/index.ts'
import { type LogFormat, type LogLevel, type Port, SURFACES, type SurfacePort, type SurfacePorts } from './defaults.ts'
import type { InspectPages } from './inspect-surface.ts'
import type { Address } from './monitoring.ts'
import type { SideBOptions } from './server-options.ts'

/** The token itself: everybody on the machine sees flags. */
export const TOKEN_VARIABLE = 'MRDIAN_METRICS_TOKEN'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What the flags and environment variables of `mrdian serve` say. */
export interface ServeOptions extends Mutable<SurfacePorts> {
  directory?: string
  /** The directory leaves out many users of the data file, and that is meant. */
  confirmRemovals?: boolean
  removalLimit?: RemovalLimit
  data: string
  acceptOlderData: boolean
  journalRetention: number
  customerDataRetention: number
  host: string
  domain: string
  sideB?: SideBOptions
  tls?: 'self-signed' | CertificateFiles
  connections?: ConnectionLimits
  cors: CorsMode
  authorizeSubscriptions: boolean
  xmppService?: string
  xmppUser: string
  xmppPassword?: string
  /** File that holds the password. */
  xmppPasswordFile?: string
  board?: boolean | undefined
  virtualTime: boolean
  start?: number
  /** Milliseconds from the first signal to the end, at most. */
  stopWithin?: number
  inspect?: InspectPages | undefined
  inspectPersonal?: boolean
  metricsListen?: Address
  metricsToken?: string
  /** File that holds the token. */
  metricsTokenFile?: string
  logLevel: LogLevel
  logFormat: LogFormat
}

/** As the flags leave it: where the data is depends on others of them. */
export type Chosen = Omit<ServeOptions, 'data' | 'sideB' | 'connections'> &
  Partial<Pick<ServeOptions, 'data'>> &
  ConnectionFlags &
  SideBPorts & {
    sideB: boolean
    domainB?: string
    /** Beside the usual ones. */
    corsHeaders?: readonly string[]
    /** The inspector may be reached from other machines. */
    inspectRemote?: boolean
  }

/** Bounds of connections, as the flags call them. */
interface ConnectionFlags {
  pendingConnections?: number
  pendingPerAddress?: number
  signInTime?: number
  trustedProxies?: readonly string[]
}

/** Ports of the second side, as the flags call them. */
type SideBPorts = { -readonly [K in SurfacePort as `${K}B`]?: Port }

export const SIDE_B_KEYS: readonly (readonly [SurfacePort, keyof SideBPorts])[] = SURFACES.map(
  ({ key }) => [key, `${key}B`] as const,
)

/** The second side, where it is asked for. */
export function sideBOf(chosen: Chosen): SideBOptions | undefined {
  if (!chosen.sideB) return undefined
  const ports = SIDE_B_KEYS.flatMap(([key, keyB]) => (chosen[keyB] === undefined ? [] : [[key, chosen[keyB]] as const]))
  return { ...(chosen.domainB === undefined ? {} : { domain: chosen.domainB }), ...Object.fromEntries(ports) }
}
