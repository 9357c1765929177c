/** A whole server in this process. `mrdian serve` and the tests start it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { accountsOfEngine, LockOutLog } from '../accounts/index.ts'
import { type ClientLogFiles, clientLogFiles, clientLogsOf } from '../client-logs/index.ts'
import { systemClock } from '../clock/system-clock.ts'
import { tellClockChanges } from '../clock/told.ts'
import { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts'
import { cutOff, type LoadedDirectory } from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import { startEngine } from '../engine/engine.ts'
import type { Store } from '../engine/ports.ts'
import { fingerprints } from '../fingerprints/index.ts'
import { createBoard } from '../inspect/board/index.ts'
import { InspectorService } from '../inspect/index.ts'
import { connectionGuard } from '../sockets/index.ts'
import { openTelemetry } from '../tracing/index.ts'
import { inSlices } from '../waiting/slices.ts'
import { DEFAULTS, DOMAIN_B } from './defaults.ts'
import { DirectorySource } from './directory-source.ts'
import { EndMarks } from './end-marks.ts'
import { healthOf } from './health.ts'
import { inspectSurface } from './inspect-surface.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { type Monitored, openMonitoring, requireGoodToken } from './monitoring.ts'
import { openStoreOf } from './opened-store.ts'
import { outsideOf } from './outside.ts'
import { isFile } from './server-data.ts'
import { type DirectoryNames, type RunningServer, type ServerOptions, wantedBy } from './server-options.ts'
import { type Parts, stop } from './server-parts.ts'
import { type SideOptions, startSide } from './side.ts'
import { openSso } from './sso.ts'
import { StartFailure } from './start-failure.ts'
import { explained } from './start-problems.ts'
import { version } from './version.ts'
import { roomWarning } from './warnings.ts'

export type { RunningServer, ServerOptions } from './server-options.ts'

/**
 * Starts everything in order: directory, store, engine, notification service, REST. If the start fails, everything that
 * was started is stopped again.
 *
 * @throws StartFailure for example for a port that is taken, or for an unreadable directory or data file.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const logger = options.logger ?? pino({ level: 'silent' })
  const parts: Parts = { phase: 'STARTING', sides: [] }
  try {
    return await start(options, logger, parts)
  } catch (error) {
    await stop(parts, logger)
    throw explained(error, options)
  }
}

async function start(options: ServerOptions, logger: Logger, parts: Parts): Promise<RunningServer> {
  const { host, data, ports, portsB } = wantedBy(options)
  if (portsB && options.xmppService !== undefined)
    throw new StartFailure('an external XMPP server serves only one side: give --side-b or --xmpp-service, not both')
  requireGoodToken(options.metricsToken)
  const virtualTime = virtualTimeOf(options)
  const running = systemClock()
  tellClockChanges(running, logger.child({ part: 'clock' }))
  const clock = virtualTime ?? options.clock ?? running
  const retention = {
    journal: options.journalRetention ?? DEFAULTS.journalRetention,
    customerData: options.customerDataRetention ?? DEFAULTS.customerDataRetention,
  }
  const log = (part: string) => logger.child({ part })
  const { store, standby, loaded, sides, names, key, limits } = await openStoreOf(options, parts, logger)
  const domain = options.domain ?? DEFAULTS.domain
  const domainB = options.sideB?.domain ?? DOMAIN_B
  const endMarks = new EndMarks(store.records)
  if (typeof options.directory === 'string' && endMarks.isMissed(options.directory, loaded))
    throw cutOff(options.directory)
  if (virtualTime !== undefined && data !== DEFAULTS.virtualData)
    logger.warn('virtual time with a data file: POST /acd/reset deletes everything in it')
  const ownLogs = clientLogsBeside(data)
  const engine = await startEngine({
    directory: loaded.directory,
    store,
    standby,
    clock,
    // Refused notifications are sent again after a pause in real time, because virtual time may stand still.
    ...(virtualTime === undefined ? {} : { deliveryClock: running, resettable: true }),
    sides,
    serves: sides,
    retention,
    eraseElsewhere: async (which) => void (await ownLogs?.erase(which)),
    ...(options.removalLimit ? { removalLimit: options.removalLimit } : {}),
    confirmRemovals: options.confirmRemovals ?? false,
    inSlices,
    fingerprints,
    log: log('engine'),
    trace: await openTelemetry(),
  })
  parts.engine = engine
  if (standby?.isTakenOver) {
    const { rows, loads } = standby.figures
    logger.info({ rows, loads }, `took over after ${rows} rows`)
  }
  await nextTurn()
  if (typeof options.directory === 'string') await endMarks.saw(options.directory, loaded)
  engine.on('reset', () => virtualTime?.reset())
  logDrain(engine, log('engine'))
  const lockOuts = new LockOutLog(() => clock.now(), log('accounts'))
  const accounts = accountsOfEngine(
    engine,
    loaded,
    () => clock.now(),
    (each) => lockOuts.tell(each),
    key,
  )
  const withPasswords = {
    engine,
    passwords: accounts,
    clock,
    isVirtual: virtualTime !== undefined,
    realm: domain,
    log: log('sso'),
  }
  // Everything until here, and the routes that come next, are long enough for a turn of their own.
  await nextTurn()
  const sso = options.sso && (await openSso(options.sso, withPasswords))
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
  const guard = connectionGuard(limits)
  const room = roomWarning(limits, guard.limits)
  if (room !== undefined) logger.warn(room)
  const common = {
    host,
    names,
    hosts: { primary: domain, ...(portsB ? { secondary: domainB } : {}) },
    certificate: parts.certificate,
    guard,
    cors: options.cors ?? DEFAULTS.cors,
    authorizeSubscriptions: options.authorizeSubscriptions ?? true,
    socketClock: options.socketClock ?? running,
    outside,
    engine,
    clientLogs: options.clientLogs ?? ownLogs,
    accounts: sso?.accounts ?? accounts,
    tokenEndpoint: sso?.endpoint,
    taskFeed: options.taskFeed ?? false,
    logger,
  }
  const openSide = async (side: Omit<SideOptions, keyof typeof common>) => {
    const started = await startSide({ ...common, ...side })
    parts.sides.push(started)
    return started
  }
  const first = await openSide({ side: 'A', domain, ports })
  const second = portsB && (await openSide({ side: 'B', domain: domainB, ports: portsB }))
  const { inspect } = options
  if (inspect !== undefined)
    parts.inspector = new InspectorService({
      engine,
      accounts: common.accounts,
      personal: options.inspectPersonal ?? false,
      version: version(),
      hosts: names,
      failed: (error) => log('inspect').error({ err: error }, 'the sign-in of a viewer failed'),
    })
  const { inspector } = parts
  const watched = { version: version(), phase: () => parts.phase, engine, sides: parts.sides }
  if (options.board ?? inspect !== undefined)
    parts.board = createBoard({
      engine,
      accounts: common.accounts,
      names,
      hasInspector: inspect !== undefined,
      timeStandsStill: virtualTime !== undefined,
      failed: (error) => log('board').error({ err: error }, 'the board failed'),
    })
  const pages = [
    ...(parts.board ? [parts.board] : []),
    ...(inspect && inspector ? [inspectSurface(inspector, inspect)] : []),
  ]
  const monitored = new Map<Side, Monitored & { readonly metrics: Metrics }>()
  for (const { side, notifications } of parts.sides)
    monitored.set(side, {
      metrics: createMetrics({
        ...{ engine, notifications, side, guard, inspector, lockOuts, accounts },
        ...{ board: parts.board, clock: running },
      }),
      health: () => healthOf(watched, side),
    })
  const monitoring = { names, token: options.metricsToken }
  // The ports of the standby answer until then.
  const beforeListen = async (surface: string) => parts.standby?.stopAccepting(surface)
  await beforeListen('metrics')
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
      // The pages show the whole engine. They are on the ports of the first side only.
      pages: side === 'A' ? pages : [],
      metrics: own.metrics,
      monitoring: parts.monitoring ? undefined : { ...monitoring, own: side, sides: new Map([[side, own]]) },
      settled: async () => {
        await Promise.all(parts.sides.map((each) => each.notifications.settled()))
      },
      virtualTime,
      directory: source,
      stop: options.onStop,
      beforeListen,
    })
  }
  parts.phase = 'RUNNING'
  await parts.standby?.close()
  delete parts.standby
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
  DONE: 'drained: no work is in hand',
  OVER: 'the drain is over: tasks that wait are offered',
} as const

function logDrain(engine: Engine, logger: Logger): void {
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

/** Logs of desktops are kept in a directory beside the data file. Without a data file they are not kept. */
function clientLogsBeside(data: string | Store): ClientLogFiles | undefined {
  return isFile(data) ? clientLogFiles(clientLogsOf(data)) : undefined
}

function namesOf(source: string, { credentials }: LoadedDirectory): DirectoryNames {
  const administrators = credentials.filter(({ kind }) => kind === 'administrator').map(({ id }) => id)
  return { source, administrators }
}
