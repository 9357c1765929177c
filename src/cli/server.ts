/** A whole server in this process. `mrdian serve` and the tests start it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { accountsOfEngine, LockOutLog, type ReloadableAccounts } from '../accounts/index.ts'
import { type ClientLogFiles, clientLogFiles, clientLogsOf } from '../client-logs/index.ts'
import type { LoadedDirectory } from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import type { Store } from '../engine/ports.ts'
import { type ConnectionGuard, connectionGuard } from '../sockets/index.ts'
import { DEFAULTS } from './defaults.ts'
import { DirectorySource } from './directory-source.ts'
import { EndMarks } from './end-marks.ts'
import { healthOf } from './health.ts'
import type { HttpSurfaceOptions } from './http-surface.ts'
import { createMetrics } from './metrics.ts'
import { openMonitoring, requireGoodToken } from './monitoring.ts'
import { openStoreOf } from './opened-store.ts'
import { outsideOf } from './outside.ts'
import { domainsOf } from './seat-options.ts'
import { isFile } from './server-data.ts'
import { engineOf, type Times, timesOf } from './server-engine.ts'
import { type DirectoryNames, type RunningServer, type ServerOptions, wantedBy } from './server-options.ts'
import { pagesOf } from './server-pages.ts'
import { type Parts, stop } from './server-parts.ts'
import type { RunningSide } from './side.ts'
import { openSides } from './sides.ts'
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
  const { host, data } = wantedBy(options)
  if (options.sideB && options.xmppService !== undefined)
    throw new StartFailure('an external XMPP server serves only one side: give --side-b or --xmpp-service, not both')
  requireGoodToken(options.metricsToken)
  const log = (part: string) => logger.child({ part })
  const times = timesOf(options, logger)
  const opened = await openStoreOf(options, parts, logger)
  const { loaded, names, limits, sides, pairKey } = opened
  const endMarks = new EndMarks(opened.store.records)
  const ownLogs = clientLogsBeside(data)
  const engine = await engineOf(options, parts, { opened, times, endMarks, ownLogs, logger })
  const lockOuts = new LockOutLog(() => times.clock.now(), log('accounts'))
  const accounts = accountsOfEngine(
    engine,
    loaded,
    () => times.clock.now(),
    (each) => lockOuts.tell(each),
    opened.key,
  )
  const withPasswords = {
    engine,
    passwords: accounts,
    clock: times.clock,
    isVirtual: times.virtual !== undefined,
    realm: domainsOf(options).A,
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
  const guard = parts.seat?.guard ?? connectionGuard(limits)
  const room = roomWarning(limits, guard.limits)
  if (room !== undefined) logger.warn(room)
  const common = {
    host,
    names,
    guard,
    cors: options.cors ?? DEFAULTS.cors,
    authorizeSubscriptions: options.authorizeSubscriptions ?? true,
    socketClock: options.socketClock ?? times.running,
    handsOver: options.standby !== undefined,
    outside,
    engine,
    clientLogs: options.clientLogs ?? ownLogs,
    accounts: sso?.accounts ?? accounts,
    tokenEndpoint: sso?.endpoint,
    taskFeed: options.taskFeed ?? false,
    logger,
  }
  const { own, second } = await openSides(options, parts, { common, sides, pairKey })
  const timeStandsStill = times.virtual !== undefined
  const pages = pagesOf(options, parts, { engine, accounts: common.accounts, names, timeStandsStill, logger })
  const opening = { engine, guard, lockOuts, accounts, names, pages, times, source, logger }
  await openRest(options, parts, own, opening)
  parts.phase = 'RUNNING'
  await parts.standby?.close()
  delete parts.standby
  let closing: Promise<void> | undefined
  return {
    side: own.side,
    ports: { ...own.ports(), ...(parts.monitoring ? { metrics: parts.monitoring.port } : {}) },
    host,
    engine,
    accounts,
    notifications: own.notifications,
    metrics: options.metricsListen && { ...options.metricsListen, port: parts.monitoring?.port ?? 0 },
    sideB: second && { ports: second.ports(), notifications: second.notifications },
    xmppService: options.xmppService,
    virtualTime: times.virtual,
    board: parts.board,
    directory: namesOf(source.name, loaded),
    reloadDirectory: (origin = { via: 'api' }, given = {}) => source.reload(undefined, origin, given),
    inspect: options.inspect,
    close: () => {
      closing ??= stop(parts, logger)
      return closing
    },
  }
}

interface Opening {
  readonly engine: Engine
  readonly guard: ConnectionGuard
  readonly lockOuts: LockOutLog
  readonly accounts: ReloadableAccounts
  readonly names: readonly string[]
  readonly pages: HttpSurfaceOptions['pages']
  readonly times: Times
  readonly source: DirectorySource
  readonly logger: Logger
}

/**
 * Opens the REST ports of all sides, and before them the port for health and metrics, if it is an own one. `own`: the side
 * whose ports this server always has.
 */
async function openRest(options: ServerOptions, parts: Parts, own: RunningSide, opening: Opening): Promise<void> {
  const { engine, guard, lockOuts, accounts, names, pages, times, source, logger } = opening
  const watched = { version: version(), phase: () => parts.phase, engine, sides: parts.sides }
  const { inspector, board } = parts
  const common = { engine, guard, inspector, lockOuts, accounts, board, clock: times.running }
  const monitored = new Map(
    parts.sides.map(({ side, notifications }) => {
      const metrics = createMetrics({ ...common, notifications, side })
      return [side, { metrics, health: () => healthOf(watched, side) }] as const
    }),
  )
  const monitoring = { names, token: options.metricsToken }
  // The ports of the standby answer until then.
  const beforeListen = async (surface: string) => parts.standby?.stopAccepting(surface)
  await beforeListen('metrics')
  if (options.metricsListen) {
    const all = { ...monitoring, own: own.side, sides: monitored }
    parts.monitoring = await openMonitoring(options.metricsListen, all, guard, logger.child({ part: 'metrics' }))
  }
  // A side without ports is there before the port through which its requests come.
  for (const { side, openRest } of [...parts.sides.filter((each) => each !== own), own]) {
    const watched = monitored.get(side)
    if (watched === undefined) continue
    await openRest({
      // The pages show the whole engine. They are on the ports of the first side only, or on those of the pair.
      pages: side === 'A' || options.serves !== undefined ? pages : [],
      metrics: watched.metrics,
      monitoring: parts.monitoring ? undefined : { ...monitoring, own: side, sides: new Map([[side, watched]]) },
      settled: async () => {
        await Promise.all(parts.sides.map((each) => each.notifications.settled()))
      },
      virtualTime: times.virtual,
      directory: source,
      stop: options.onStop,
      beforeListen,
    })
  }
}

/** Logs of desktops are kept in a directory beside the data file. Without a data file they are not kept. */
function clientLogsBeside(data: string | Store): ClientLogFiles | undefined {
  return isFile(data) ? clientLogFiles(clientLogsOf(data)) : undefined
}

function namesOf(source: string, { credentials }: LoadedDirectory): DirectoryNames {
  const administrators = credentials.filter(({ kind }) => kind === 'administrator').map(({ id }) => id)
  return { source, administrators }
}
