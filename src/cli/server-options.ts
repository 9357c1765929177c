/** What `startServer` takes, and what it gives. */
import type { Logger } from 'pino'
import type { Accounts } from '../accounts/index.ts'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { LoadedDirectory, RemovalLimit } from '../directory/index.ts'
import type { Engine, ReloadOptions } from '../engine/api.ts'
import type { Clock, Origin, Store } from '../engine/ports.ts'
import type { Board } from '../inspect/board/index.ts'
import type { CorsMode } from '../rest/index.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { CertificateFiles } from '../tls/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { DEFAULTS, type SurfacePorts, surfacePorts, surfacePortsB } from './defaults.ts'
import type { DirectoryReload } from './directory-source.ts'
import type { InspectPages } from './inspect-surface.ts'
import type { Address } from './monitoring.ts'
import type { OutsideOptions } from './outside.ts'
import type { ServerPorts } from './side.ts'

/** The second side, with listeners of its own (`notifications 12`). */
export interface SideBOptions extends Partial<SurfacePorts> {
  /** XMPP domain, and the host name that SystemInfo shows; `b.localhost` when left out. */
  readonly domain?: string
}

/** Options of `startServer`; the defaults are those of `mrdian serve`, whose flags have the same names. */
export interface ServerOptions extends Partial<SurfacePorts>, OutsideOptions {
  /** Directory file, or what `loadDirectory` or `parseDirectory` returned; the sample directory when left out. */
  readonly directory?: string | LoadedDirectory
  /** How many users a start or a reload may remove without confirmation: a tenth, or two, unless given. */
  readonly removalLimit?: RemovalLimit
  /** The directory leaves out many users of the data file, and that is meant. */
  readonly confirmRemovals?: boolean
  /** Data file, `:memory:`, or a store, which is closed with the server. */
  readonly data?: string | Store
  /** Starts on a data file that lacks what was confirmed before; refused unless given. */
  readonly acceptOlderData?: boolean
  /** Milliseconds for which every moment of the past is kept; 30 days unless given, `Infinity` for ever. */
  readonly journalRetention?: number
  /** Milliseconds for which values of variables and callers' numbers are kept behind the end of their contact. */
  readonly customerDataRetention?: number
  readonly host?: string
  /** XMPP domain; also the host name that SystemInfo shows. */
  readonly domain?: string
  /** The second side; there is one side without it. Its ports are those of the first plus 10000 unless given. */
  readonly sideB?: SideBOptions
  /** Certificate of the surfaces over TLS, which are off without one. The files may change while the server runs. */
  readonly tls?: 'self-signed' | CertificateFiles
  /** How many connections there may be, and for how long without a session, on all surfaces of both sides together. */
  readonly connections?: ConnectionLimits
  /** Which pages of other origins may use the REST API (ruling 42). */
  readonly cors?: CorsMode
  /** False lets everybody subscribe to every node. */
  readonly authorizeSubscriptions?: boolean
  /** Time of the engine and of lock-outs. Sockets live on the wall clock all the same, unless `socketClock` is given. */
  readonly clock?: Clock
  /**
   * Time of the sockets of the notification service: idle sessions, sign-in in time, what waits for slow readers, and the
   * engine's own session. The wall clock when left out. Peers live in real time: move it in steps in which they answer.
   */
  readonly socketClock?: Clock
  /**
   * Time of the engine and of lock-outs stands still, until `POST /acd/clock` moves it; `POST /acd/reset` and
   * `engine.reset()` begin anew. Instead of `clock`. `data` is `:memory:` unless given; a reset empties it.
   */
  readonly virtualTime?: boolean
  /** Serves the board at `/inspect/board`, to supervisors and administrators; with `inspect`, when left out. */
  readonly board?: boolean | undefined
  /** Where virtual time begins: milliseconds since 1970 UTC; a Monday, 08:00 UTC, when left out. */
  readonly start?: number
  /** Shows the state machines below `/inspect` on the REST ports, to administrators; not unless given. */
  readonly inspect?: InspectPages | undefined
  /** Names, numbers and values of call variables are shown there. */
  readonly inspectPersonal?: boolean
  /** Where `/health` and `/metrics` are, in place of the REST ports. */
  readonly metricsListen?: Address
  /** What whoever asks for `/health` and `/metrics` has to show; nothing when left out. 16 characters at least. */
  readonly metricsToken?: string
  /** Called when `POST /acd/stop` asks for the end of the server, which is `close()`; refused when left out. */
  readonly onStop?: () => void
  /** Silent when left out. */
  readonly logger?: Logger
}

/** What may be said of the directory without giving secrets away. */
export interface DirectoryNames {
  /** A file, `sample`, or `given` for one that came as an object. */
  readonly source: string
  readonly administrators: readonly string[]
}

export interface RunningServer {
  readonly ports: ServerPorts
  readonly host: string
  readonly engine: Engine
  readonly accounts: Accounts
  readonly notifications: RunningNotificationService
  /** Address of the XMPP server outside that notifications go through. */
  readonly xmppService: string | undefined
  /** Where health and metrics are, if not on the REST ports. */
  readonly metrics: Address | undefined
  /** The second side, where there is one. */
  readonly sideB: { readonly ports: ServerPorts; readonly notifications: RunningNotificationService } | undefined
  /** The clock of a server in virtual time. */
  readonly virtualTime: VirtualClock | undefined
  /** The board, where it is served. */
  readonly board: Board | undefined
  /** Whose directory it is, and who may use `/acd`. */
  readonly directory: DirectoryNames
  /** What is below `/inspect`; `undefined` when that is off. */
  readonly inspect: InspectPages | undefined
  /**
   * Reads the directory again from where it came from, and puts it in force; gives the differences. Rejects with
   * `DirectoryError` when it is not valid, with `RemovalsNotConfirmed` when many users are missing; nothing has changed then.
   */
  reloadDirectory(origin?: Origin, options?: ReloadOptions): Promise<DirectoryReload>
  /**
   * Lets running requests end, tells XMPP clients `system-shutdown`, commits and closes the store; takes some seconds at
   * most. Idempotent.
   */
  close(): Promise<void>
}

/** Where it listens and where the data is, with the defaults for what was not asked for. */
export function wantedBy({ host = DEFAULTS.host, virtualTime = false, ...options }: ServerOptions) {
  const { data = virtualTime ? DEFAULTS.virtualData : DEFAULTS.data, ...ports } = options
  const first = surfacePorts(ports, options.tls !== undefined)
  const second = options.sideB && surfacePortsB(options.sideB, first, options.tls !== undefined)
  return { host, data, ports: first, portsB: second }
}
