/** The options and the result of `startServer`. */
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import type { Accounts } from '../accounts/index.ts'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { LoadedDirectory, RemovalLimit } from '../directory/index.ts'
import type { Engine, ReloadOptions } from '../engine/api.ts'
import type { Clock, Origin, Store } from '../engine/ports.ts'
import type { Board } from '../inspect/board/index.ts'
import type { ClientLogs, CorsMode } from '../rest/index.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { CertificateFiles } from '../tls/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { DEFAULTS, type SurfacePorts, surfacePorts, surfacePortsB } from './defaults.ts'
import type { DirectoryReload } from './directory-source.ts'
import type { InspectPages } from './inspect-surface.ts'
import type { Address } from './monitoring.ts'
import type { OutsideOptions } from './outside.ts'
import type { ServerPorts } from './side.ts'
import type { ServerSso } from './sso.ts'

/** The second side, with its own listeners (`notifications 12`). */
export interface SideBOptions extends Partial<SurfacePorts> {
  /** XMPP domain, and the host name that SystemInfo shows. Default: `b.localhost`. */
  readonly domain?: string
}

/** Options of `startServer`; the defaults are those of `mrdian serve`, whose flags have the same names. */
export interface ServerOptions extends Partial<SurfacePorts>, OutsideOptions {
  /** Directory file, or the result of `loadDirectory` or `parseDirectory`. Default: the sample directory. */
  readonly directory?: string | LoadedDirectory
  /** How many users a start or a reload may remove without confirmation. Default: a tenth of them, or two. */
  readonly removalLimit?: RemovalLimit
  /** Confirms that the directory removes many users of the data file. */
  readonly confirmRemovals?: boolean
  /** Data file, `:memory:`, url of a PostgreSQL database, or a store, which is closed with the server. */
  readonly data?: string | Store
  /** Where logs of desktops are kept. Default: files in a directory beside the data file; refused without a data file. */
  readonly clientLogs?: ClientLogs
  /** Starts even on a data file that lacks confirmed changes. Default: such a file is refused. */
  readonly acceptOlderData?: boolean
  /** Starts even on a database that confirms changes before a second machine has them. Default: it is refused. */
  readonly acceptUnreplicated?: boolean
  /**
   * Waits while another server has the database, and starts when that one has ended. Meanwhile the REST ports of side A,
   * or of the side of `serves`, pass requests on to that one, and `/health` answers 503 there, or on `metricsListen`.
   * `signal` ends the waiting. Default: the start is refused.
   */
  readonly standby?: { readonly signal?: AbortSignal } | undefined
  /**
   * Base URL at which a standby reaches the REST port of this server, as `http://db1.example:8082`; its host is one more
   * name of the server. For a store in PostgreSQL. Default: the host and the REST port on which the server listens.
   */
  readonly advertise?: string
  /**
   * File with the key of the passwords that were right lately. It is created if it is missing. The servers of a pair need
   * the same one. Default: a file beside the data file; for a database none, so that a start checks all passwords in full.
   */
  readonly verifiedKey?: string
  /** Milliseconds for which the past is kept. Default: 30 days; `Infinity` keeps all of it. */
  readonly journalRetention?: number
  /** Milliseconds for which values of variables and callers' numbers are kept after the end of their contact. */
  readonly customerDataRetention?: number
  readonly host?: string
  /** XMPP domain; also the host name that SystemInfo shows. */
  readonly domain?: string
  /** The second side. Default: there is only one side. Its default ports are those of the first side plus 10000. */
  readonly sideB?: SideBOptions
  /**
   * Of a pair in which each server serves one side: the side of this one. It opens no ports for the other side, and its own
   * have the options of side A, whichever side it is. Needs `sideB` and `standby`. Default: this server serves all sides.
   */
  readonly serves?: Side | undefined
  /** Certificate of the TLS surfaces, which are off without one. The files may change while the server runs. */
  readonly tls?: 'self-signed' | CertificateFiles
  /** Users sign in with access tokens (single sign-on). Default: with passwords only. */
  readonly sso?: ServerSso | undefined
  /** Serves the task feed at `/ccp/task`, without authentication. Default: off. */
  readonly taskFeed?: boolean | undefined
  /** Limits of connections, and of their time without a session, for all surfaces of both sides together. */
  readonly connections?: ConnectionLimits
  /** Which pages of other origins may use the REST API (ruling 42). */
  readonly cors?: CorsMode
  /** If false, every user may subscribe to every node. */
  readonly authorizeSubscriptions?: boolean
  /** Time of the engine and of lock-outs. Sockets use the wall clock, unless `socketClock` is given. */
  readonly clock?: Clock
  /**
   * Time of the sockets of the notification service: idle sessions, the time limit of a sign-in, slow readers, and the
   * engine's own session. Default: the wall clock. Clients run in real time, so move it in steps that give them time to
   * answer.
   */
  readonly socketClock?: Clock
  /**
   * The time of the engine and of lock-outs stands still until `POST /acd/clock` moves it. `POST /acd/reset` and
   * `engine.reset()` set it back to its start. Excludes `clock`. The default of `data` is then `:memory:`; a reset
   * empties the data.
   */
  readonly virtualTime?: boolean
  /** Serves the board at `/inspect/board`, to supervisors and administrators. Default: true if `inspect` is given. */
  readonly board?: boolean | undefined
  /** Start of virtual time, in milliseconds since 1970 UTC. Default: Monday 2026-01-05, 08:00 UTC. */
  readonly start?: number
  /** Shows the state machines below `/inspect` on the REST ports, to administrators. Default: off. */
  readonly inspect?: InspectPages | undefined
  /** The inspector shows names, numbers and values of call variables. */
  readonly inspectPersonal?: boolean
  /** Serves `/health` and `/metrics` at this address instead of on the REST ports. */
  readonly metricsListen?: Address
  /** Bearer token that `/health` and `/metrics` require, at least 16 characters. Default: they require none. */
  readonly metricsToken?: string
  /** Called for `POST /acd/stop`. It should call `close()`. Without it the request is refused. */
  readonly onStop?: () => void
  /** Default: silent. */
  readonly logger?: Logger
}

/** Facts about the directory that are not secret. */
export interface DirectoryNames {
  /** The name of the file, `sample`, or `given` for a directory that was passed as an object. */
  readonly source: string
  readonly administrators: readonly string[]
}

export interface RunningServer {
  /** The side of the ports and notifications that come next: `A`, unless the server serves side B only. */
  readonly side: Side
  readonly ports: ServerPorts
  readonly host: string
  readonly engine: Engine
  readonly accounts: Accounts
  readonly notifications: RunningNotificationService
  /** Address of the external XMPP server that sends the notifications. */
  readonly xmppService: string | undefined
  /** Address of health and metrics, if they are not on the REST ports. */
  readonly metrics: Address | undefined
  /** The second side, if there is one. */
  readonly sideB: { readonly ports: ServerPorts; readonly notifications: RunningNotificationService } | undefined
  /** The clock of a server in virtual time. */
  readonly virtualTime: VirtualClock | undefined
  /** The board, if it is served. */
  readonly board: Board | undefined
  /** The source of the directory, and its administrators. */
  readonly directory: DirectoryNames
  /** The pages below `/inspect`; `undefined` if the inspector is off. */
  readonly inspect: InspectPages | undefined
  /**
   * Reads the directory again from its source, puts it in force and returns the differences. Rejects with
   * `DirectoryError` if it is not valid, and with `RemovalsNotConfirmed` if it removes many users. Then nothing has
   * changed.
   */
  reloadDirectory(origin?: Origin, options?: ReloadOptions): Promise<DirectoryReload>
  /**
   * Waits for running requests, sends `system-shutdown` to XMPP clients, commits and closes the store. With `standby` the
   * clients are reset instead, because another server goes on for them. Takes at most some seconds. Idempotent.
   */
  close(): Promise<void>
}

/**
 * Host, ports and data of a server with these options; options that are missing get their defaults. `portsB`: of a second
 * side on this server.
 */
export function wantedBy({ host = DEFAULTS.host, virtualTime = false, serves, ...options }: ServerOptions) {
  const { data = virtualTime ? DEFAULTS.virtualData : DEFAULTS.data, ...ports } = options
  const first = surfacePorts(ports, options.tls !== undefined)
  const second = serves === undefined && options.sideB && surfacePortsB(options.sideB, first, options.tls !== undefined)
  return { host, data, ports: first, portsB: second || undefined }
}
