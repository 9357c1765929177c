/** A whole server in this process: what `mrdian serve` runs, and what tests start. */
import { type Logger, pino } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { type Accounts, accountsOfEngine, LockOutLog } from '../accounts/index.ts'
import { systemClock } from '../clock/system-clock.ts'
import { tellClockChanges } from '../clock/told.ts'
import { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts'
import { cutOff, type LoadedDirectory, loadDirectory, type RemovalLimit } from '../directory/index.ts'
import type { Engine, ReloadOptions } from '../engine/api.ts'
import { startEngine } from '../engine/engine.ts'
import type { Clock, Origin, Store } from '../engine/ports.ts'
import { type Board, createBoard } from '../inspect/board/index.ts'
import { InspectorService } from '../inspect/index.ts'
import type { CorsMode } from '../rest/index.ts'
import { type ConnectionLimits, connectionGuard } from '../sockets/index.ts'
import { sqliteStore } from '../store/index.ts'
import {
  type CertificateFiles,
  certificateFiles,
  fixedCertificate,
  selfSignedCertificate,
  type TlsCertificate,
} from '../tls/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { within } from './bounded.ts'
import { DEFAULTS, DOMAIN_B, SURFACES, type SurfacePorts, surfacePorts, surfacePortsB } from './defaults.ts'
import { type DirectoryReload, DirectorySource } from './directory-source.ts'
import { EndMarks } from './end-marks.ts'
import { healthOf, type Phase } from './health.ts'
import { type InspectPages, inspectSurface } from './inspect-surface.ts'
import { createMetrics } from './metrics.ts'
import { type Address, type Monitored, type MonitoringSurface, openMonitoring, requireGoodToken } from './monitoring.ts'
import { type OutsideOptions, outsideOf } from './outside.ts'
import { namesOf as hostNamesOf, type RunningSide, type ServerPorts, type SideOptions, startSide } from './side.ts'
import { StartFailure } from './start-failure.ts'
import { explained, type Wanted } from './start-problems.ts'
import { version } from './version.ts'
import { roomWarning, warningsOf } from './warnings.ts'

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

/** Whatever is running, so that a failing start and an orderly stop end it in the same way. */
interface Parts {
  phase: Phase
  store?: Store
  engine?: Engine
  certificate?: TlsCertificate
  board?: Board
  inspector?: InspectorService
  monitoring?: MonitoringSurface
  readonly sides: RunningSide[]
}

/** For each part; they have shorter bounds of their own. */
const CLOSE_MS = 7000

/**
 * Starts everything in order: directory, store, engine, notification service, REST.
 *
 * @throws StartFailure for a taken port, an unreadable directory or data file; nothing keeps running then.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const logger = options.logger ?? pino({ level: 'silent' })
  const parts: Parts = { phase: 'STARTING', sides: [] }
  try {
    return await start(options, logger, parts)
  } catch (error) {
    await stop(parts, logger)
    throw explained(error, problemsWith(options))
  }
}

function wantedBy({ host = DEFAULTS.host, virtualTime = false, ...options }: ServerOptions) {
  const { data = virtualTime ? DEFAULTS.virtualData : DEFAULTS.data, ...ports } = options
  const first = surfacePorts(ports, options.tls !== undefined)
  const second = options.sideB && surfacePortsB(options.sideB, first, options.tls !== undefined)
  return { host, data, ports: first, portsB: second }
}

function problemsWith(options: ServerOptions): Wanted {
  const { host, data, ports, portsB } = wantedBy(options)
  const first = SURFACES.map(({ key, name, flag }) => ({ name, flag, port: ports[key] }))
  const second = SURFACES.flatMap(({ key, name, flag }) =>
    portsB ? [{ name: `${name} of side B`, flag: `${flag}-b`, port: portsB[key] }] : [],
  )
  const own = options.metricsListen
  const monitoring = own ? [{ ...own, name: 'health and metrics', flag: '--metrics-listen' }] : []
  const surfaces = [...first, ...second, ...monitoring]
  return { host, surfaces, data: typeof data === 'string' ? data : '' }
}

async function start(options: ServerOptions, logger: Logger, parts: Parts): Promise<RunningServer> {
  const { host, data, ports, portsB } = wantedBy(options)
  if (portsB && options.xmppService !== undefined)
    throw new StartFailure('an XMPP server outside serves one side: give --side-b or --xmpp-service, not both')
  requireGoodToken(options.metricsToken)
  const virtualTime = virtualTimeOf(options)
  const running = systemClock()
  tellClockChanges(running, logger.child({ part: 'clock' }))
  const clock = virtualTime ?? options.clock ?? running
  const retention = {
    journal: options.journalRetention ?? DEFAULTS.journalRetention,
    customerData: options.customerDataRetention ?? DEFAULTS.customerDataRetention,
  }
  const loaded = typeof options.directory === 'object' ? options.directory : await loadDirectory(options.directory)
  for (const warning of warningsOf(loaded, options.directory === undefined, host)) logger.warn(warning)
  const acceptOlder = options.acceptOlderData ?? false
  const onTightened = (files: readonly string[]) =>
    logger.warn({ files }, 'others on this machine could read these files; now only this user can')
  const store = typeof data === 'string' ? sqliteStore(data, { acceptOlder, onTightened }) : data
  parts.store = store
  const endMarks = new EndMarks(store.records)
  if (typeof options.directory === 'string' && endMarks.isMissed(options.directory, loaded))
    throw cutOff(options.directory)
  if (virtualTime !== undefined && data !== DEFAULTS.virtualData)
    logger.warn('virtual time on data that lasts: POST /acd/reset forgets all of it')
  const log = (part: string) => logger.child({ part })
  const engine = await startEngine({
    directory: loaded.directory,
    store,
    clock,
    // A refused notification is tried again although time stands still.
    ...(virtualTime === undefined ? {} : { deliveryClock: running, resettable: true }),
    sides: portsB ? ['A', 'B'] : ['A'],
    serves: portsB ? ['A', 'B'] : ['A'],
    retention,
    ...(options.removalLimit ? { removalLimit: options.removalLimit } : {}),
    confirmRemovals: options.confirmRemovals ?? false,
    log: log('engine'),
  })
  parts.engine = engine
  if (typeof options.directory === 'string') endMarks.saw(options.directory, loaded)
  engine.on('reset', () => virtualTime?.reset())
  tellDrain(engine, log('engine'))
  const lockOuts = new LockOutLog(() => clock.now(), log('accounts'))
  const accounts = accountsOfEngine(
    engine,
    loaded,
    () => clock.now(),
    (each) => lockOuts.tell(each),
  )
  const outside = outsideOf(options, loaded)
  const source = new DirectorySource({
    engine,
    from: options.directory,
    loaded,
    endMarks,
    ownAccount: outside?.user,
    host,
    logger: log('directory'),
  })
  const domain = options.domain ?? DEFAULTS.domain
  const domainB = options.sideB?.domain ?? DOMAIN_B
  parts.certificate = await certificateOf(options, [domain, ...(portsB ? [domainB] : []), host], log('tls'))
  const guard = connectionGuard(options.connections)
  const room = roomWarning(options.connections ?? {}, guard.limits)
  if (room !== undefined) logger.warn(room)
  const common = {
    host,
    hosts: { primary: domain, ...(portsB ? { secondary: domainB } : {}) },
    certificate: parts.certificate,
    guard,
    cors: options.cors ?? DEFAULTS.cors,
    authorizeSubscriptions: options.authorizeSubscriptions ?? true,
    socketClock: options.socketClock ?? running,
    outside,
    engine,
    accounts,
    logger,
  }
  const open = async (side: Omit<SideOptions, keyof typeof common>) => {
    const started = await startSide({ ...common, ...side })
    parts.sides.push(started)
    return started
  }
  const first = await open({ side: 'A', domain, ports })
  const second = portsB && (await open({ side: 'B', domain: domainB, ports: portsB }))
  const { inspect } = options
  if (inspect !== undefined)
    parts.inspector = new InspectorService({
      engine,
      accounts,
      personal: options.inspectPersonal ?? false,
      version: version(),
      hosts: [domain, host],
      failed: (error) => log('inspect').error({ err: error }, 'a viewer could not be let in'),
    })
  const { inspector } = parts
  const watched = { version: version(), phase: () => parts.phase, engine, sides: parts.sides }
  if (options.board ?? inspect !== undefined)
    parts.board = createBoard({
      engine,
      accounts,
      names: [host, domain],
      hasInspector: inspect !== undefined,
      timeStandsStill: virtualTime !== undefined,
      failed: (error) => log('board').error({ err: error }, 'a page could not be let in'),
    })
  const pages = [
    ...(parts.board ? [parts.board] : []),
    ...(inspect && inspector ? [inspectSurface(inspector, inspect)] : []),
  ]
  const monitored = new Map<Side, Monitored>()
  for (const { side, notifications } of parts.sides)
    monitored.set(side, {
      metrics: createMetrics({
        ...{ engine, notifications, side, guard, inspector, lockOuts },
        ...{ board: parts.board, clock: running },
      }),
      health: () => healthOf(watched, side),
    })
  const monitoring = { names: hostNamesOf(host, common.hosts), token: options.metricsToken }
  if (options.metricsListen)
    parts.monitoring = await openMonitoring(
      options.metricsListen,
      { ...monitoring, own: 'A', sides: monitored },
      guard,
      log('metrics'),
    )
  for (const { side, openRest } of parts.sides) {
    const own = monitored.get(side)
    if (own === undefined) continue
    await openRest({
      // They show the whole engine, on the ports of the first side.
      pages: side === 'A' ? pages : [],
      metrics: own.metrics,
      monitoring: parts.monitoring ? undefined : { ...monitoring, own: side, sides: new Map([[side, own]]) },
      settled: async () => {
        await Promise.all(parts.sides.map((each) => each.notifications.settled()))
      },
      virtualTime,
      directory: source,
      stop: options.onStop,
    })
  }
  parts.phase = 'RUNNING'
  let closing: Promise<void> | undefined
  return {
    ports: { ...first.ports(), ...(parts.monitoring ? { metrics: parts.monitoring.port } : {}) },
    host,
    engine,
    accounts,
    notifications: first.notifications,
    metrics: options.metricsListen && { ...options.metricsListen, port: parts.monitoring?.port ?? 0 },
    sideB: second && { ports: second.ports(), notifications: second.notifications },
    xmppService: options.xmppService,
    virtualTime,
    board: parts.board,
    directory: namesOf(source.name, loaded),
    reloadDirectory: (origin = { via: 'api' }, given = {}) => source.reload(undefined, origin, given),
    inspect,
    close: () => {
      closing ??= stop(parts, logger)
      return closing
    },
  }
}

const DRAIN = {
  BEGUN: 'draining: no new sign-ins and no new offers',
  DONE: 'drained: nothing is in hand',
  OVER: 'the drain is over: what waits is offered',
} as const

function tellDrain(engine: Engine, logger: Logger): void {
  engine.on('drain', ({ phase }) => logger.info(engine.get.drain(), DRAIN[phase]))
}

function virtualTimeOf({ virtualTime = false, clock, start }: ServerOptions): VirtualClock | undefined {
  if (!virtualTime) {
    if (start !== undefined) throw new TypeError('`start` is the beginning of virtual time: give `virtualTime` as well')
    return undefined
  }
  if (clock !== undefined) throw new TypeError('give `clock` or `virtualTime`: there is one time')
  return virtualClock(start)
}

function namesOf(source: string, { credentials }: LoadedDirectory): DirectoryNames {
  const administrators = credentials.filter(({ kind }) => kind === 'administrator').map(({ id }) => id)
  return { source, administrators }
}

/** Names and addresses that stand for all addresses are no names of this server. */
const ANY_ADDRESS = ['0.0.0.0', '::']

async function certificateOf(
  { tls }: ServerOptions,
  names: readonly string[],
  logger: Logger,
): Promise<TlsCertificate | undefined> {
  if (tls === undefined) return undefined
  if (tls !== 'self-signed') return certificateFiles(tls, { logger })
  const certificate = await selfSignedCertificate(names.filter((name) => !ANY_ADDRESS.includes(name)))
  return fixedCertificate(certificate)
}

/** Ends in the reverse order of the start. One part that fails to end does not keep the others from it. */
async function stop(parts: Parts, logger: Logger): Promise<void> {
  parts.phase = 'STOPPING'
  const end = async (what: string, work: Promise<unknown> | undefined) => {
    try {
      if (work !== undefined && !(await within(CLOSE_MS, work))) logger.warn({ what }, 'did not end in time')
    } catch (error) {
      logger.error({ err: error, what }, 'did not end cleanly')
    }
  }
  const all = (work: (side: RunningSide) => Promise<void>) => Promise.all(parts.sides.map(work))
  parts.board?.close()
  await end(
    'requests',
    all((side) => side.drain()),
  )
  await end('inspector', parts.inspector?.close())
  await end(
    'notification service',
    all((side) => side.notifications.close()),
  )
  await end(
    'REST port',
    all((side) => side.closeRest()),
  )
  await end('health and metrics', parts.monitoring?.close())
  parts.certificate?.close()
  if (parts.engine !== undefined) await end('engine', parts.engine.close())
  else
    await end(
      'store',
      Promise.resolve().then(() => parts.store?.close()),
    )
}
