/** `/metrics` in the text format of Prometheus. No label contains a user, a dialog or an address. */

import type { Side } from '../../machines/wire.ts'
import type { LockOutLog, ReloadableAccounts } from '../accounts/index.ts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '../bundled/prom-client.ts'
import type { SystemClock } from '../clock/system-clock.ts'
import type { Engine } from '../engine/api.ts'
import type { DrainValue } from '../engine/values.ts'
import type { Board } from '../inspect/board/index.ts'
import type { InspectorService } from '../inspect/index.ts'
import type { ConnectionGuard, SurfaceFigures } from '../sockets/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { addCampaigns, addMobileAgents } from './work-metrics.ts'

export interface Metrics {
  readonly contentType: string
  /** Counts one answered HTTP request. `route` is the pattern of the route, never the path itself. */
  observe(request: { method: string; route: string; status: number; seconds: number }): void
  text(): Promise<string>
}

/** Metrics of the process as a whole (memory, event-loop lag, …), shared by all servers in it. */
let ofProcess: Registry | undefined

function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}

type WatchedNotifications = Pick<RunningNotificationService, 'figures' | 'gateway' | 'onPublished' | 'online'>

/** The sources of the metrics of one side. */
export interface Watched {
  readonly engine: Engine
  readonly notifications: WatchedNotifications
  readonly side: Side
  /** For the listeners of both sides. */
  readonly guard: Pick<ConnectionGuard, 'figures'>
  /** For both sides. */
  readonly lockOuts?: Pick<LockOutLog, 'figures'> | undefined
  readonly accounts?: Pick<ReloadableAccounts, 'figures'> | undefined
  readonly clock?: Pick<SystemClock, 'figures'> | undefined
  readonly inspector?: Pick<InspectorService, 'figures'> | undefined
  readonly board?: Pick<Board, 'viewers'> | undefined
}

const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5]

/** Metrics for the ports of one side: those of the whole engine, and those of the side's own notification service. */
export function createMetrics({
  engine,
  notifications,
  side,
  guard,
  inspector,
  board,
  clock,
  lockOuts,
  accounts,
}: Watched): Metrics {
  const registry = new Registry()
  addConnections(registry, guard)
  addEngine(registry, engine, side)
  addDrain(registry, engine)
  addCampaigns(registry, engine)
  addMobileAgents(registry, engine)
  if (lockOuts) addLockOuts(registry, lockOuts)
  if (accounts) addPasswords(registry, accounts)
  addNotifications(registry, notifications)
  addGateway(registry, notifications)
  if (clock) addClock(registry, clock)
  if (inspector) addInspector(registry, inspector)
  if (board) gauge(registry, 'mrdian_board_viewers', 'Pages that show the board', () => board.viewers)
  const duration = new Histogram({
    name: 'mrdian_http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  const all = Registry.merge([processMetrics(), registry])
  return {
    contentType: all.contentType,
    observe: ({ method, route, status, seconds }) => duration.observe({ method, route, status }, seconds),
    text: () => all.metrics(),
  }
}

function addEngine(registry: Registry, engine: Engine, side: Side): void {
  counter(registry, 'mrdian_inputs_total', 'Inputs that were applied', () => engine.figures.inputs)
  counter(registry, 'mrdian_inputs_failed_total', 'Inputs that failed', () => engine.figures.failedInputs)
  counter(registry, 'mrdian_commits_total', 'Commits to the store', () => engine.figures.commits)
  counter(registry, 'mrdian_commits_failed_total', 'Commits that the store refused', () => engine.figures.failedCommits)
  counter(
    registry,
    'mrdian_commands_repeated_total',
    'Commands that were sent again, and answered without being done again',
    () => engine.figures.repeatedCommands,
  )
  counter(registry, 'mrdian_snapshots_total', 'Snapshots written', () => engine.figures.snapshots)
  gauge(registry, 'mrdian_store_bytes', 'Size of the data file, without its log', () => engine.storeSize?.bytes ?? 0)
  gauge(
    registry,
    'mrdian_store_free_bytes',
    'Space in the data file that deleted rows have left; new rows use it first',
    () => engine.storeSize?.free ?? 0,
  )
  gauge(registry, 'mrdian_store_ok', '1 while the store takes changes', () =>
    engine.storeProblem === undefined ? 1 : 0,
  )
  counter(registry, 'mrdian_notifications_total', 'Notifications made', () => engine.figures.notifications)
  gauge(
    registry,
    'mrdian_outbox_pending',
    'Notifications and ACD requests that were not delivered yet',
    () => engine.figures.outboxPending,
  )
  gauge(
    registry,
    'mrdian_acd_ok',
    '0 while the external ACD refuses requests, does not answer, or could not be started',
    () => (engine.acdProblem === undefined ? 1 : 0),
  )
  counter(
    registry,
    'mrdian_acd_requests_failed_total',
    'Requests that the external ACD refused; each is sent again',
    () => engine.figures.acdRequestsFailed,
  )
  gauge(
    registry,
    'mrdian_acd_requests_unanswered',
    'Requests that the external ACD has not answered yet',
    () => engine.figures.acdRequestsUnanswered,
  )
  gauge(registry, 'mrdian_aggregates', 'Aggregates in memory', () => engine.figures.aggregates)
  gauge(registry, 'mrdian_in_service', '1 while the side is in service', () =>
    engine.get.system(side).status === 'IN_SERVICE' ? 1 : 0,
  )
}

/** Adds the numbers of the drain: the work that a stop of the server would interrupt. */
function addDrain(registry: Registry, engine: Engine): void {
  // All gauges are read in one turn, and share one reading.
  let seen: DrainValue | undefined
  const drain = (): DrainValue => {
    // `engine.get` is read each time, because a reset replaces it.
    seen ??= engine.get.drain()
    queueMicrotask(() => {
      seen = undefined
    })
    return seen
  }
  gauge(registry, 'mrdian_draining', '1 while there are no new sign-ins and no new offers', () =>
    drain().draining ? 1 : 0,
  )
  gauge(registry, 'mrdian_tasks_in_hand', 'Tasks that are with an agent', () => drain().tasks)
  gauge(registry, 'mrdian_calls_in_hand', 'Calls that are under way', () => drain().calls)
  gauge(registry, 'mrdian_tasks_waiting', 'Tasks that wait for an agent', () => drain().waiting)
  gauge(registry, 'mrdian_agents_signed_in', 'Users who are signed in to voice or to an MRD', () => drain().signedIn)
}

function addPasswords(registry: Registry, accounts: Pick<ReloadableAccounts, 'figures'>): void {
  const { checks, waiting } = {
    checks: 'Full checks of hashed passwords',
    waiting: 'Checks of hashed passwords that wait for their turn',
  }
  counter(registry, 'mrdian_password_checks_total', checks, () => accounts.figures.checks)
  gauge(registry, 'mrdian_password_checks_waiting', waiting, () => accounts.figures.waiting)
}

/** Adds the lock-outs after wrong passwords. Labels contain neither the account nor the address. */
function addLockOuts(registry: Registry, lockOuts: Pick<LockOutLog, 'figures'>): void {
  const made: Counter<'of'> = new Counter({
    name: 'mrdian_lockouts_total',
    help: 'Lock-outs after wrong passwords: of an account, of an address, or of one or all addresses from an administrator',
    labelNames: ['of'],
    registers: [registry],
    collect: () => {
      const { account, address, administrator, administratorEverywhere } = lockOuts.figures
      made.reset()
      made.inc({ of: 'account' }, account)
      made.inc({ of: 'address' }, address)
      made.inc({ of: 'address_from_administrator' }, administrator)
      made.inc({ of: 'all_from_administrator' }, administratorEverywhere)
    },
  })
}

/** Adds one line for each listener, with the name of the flag of its port. */
function addConnections(registry: Registry, guard: Pick<ConnectionGuard, 'figures'>): void {
  const add = (kind: typeof Gauge | typeof Counter, name: string, help: string, key: keyof SurfaceFigures) => {
    const made: Gauge<'surface'> | Counter<'surface'> = new kind({
      name: `mrdian_connections_${name}`,
      help,
      labelNames: ['surface'],
      registers: [registry],
      collect: () => {
        made.reset()
        for (const [surface, figures] of guard.figures) made.inc({ surface }, figures[key])
      },
    })
  }
  add(Gauge, 'open', 'Open connections', 'open')
  add(Gauge, 'without_session', 'Open connections without a session', 'withoutSession')
  add(Counter, 'made_way_total', 'Ended for a newer connection: too many in all', 'madeWay')
  add(Counter, 'refused_per_address_total', 'Ended: too many without a session from one address', 'refusedAddress')
  add(Counter, 'refused_total', 'Refused: too many, and all with a session', 'refusedFull')
  add(Counter, 'timed_out_total', 'Ended: no session in time', 'timedOut')
  add(Counter, 'tls_failed_total', 'Ended: an error of TLS, or no TLS', 'tlsFailed')
  add(Counter, 'redirected_total', 'HTTP requests without TLS that were redirected to the https address', 'redirected')
  add(Counter, 'flooded_total', 'Ended: a flood of HTTP/2 frames', 'flooded')
}

function addNotifications(registry: Registry, service: WatchedNotifications): void {
  gauge(registry, 'mrdian_xmpp_online', '1 while notifications are sent', () => (service.online ? 1 : 0))
  gauge(registry, 'mrdian_xmpp_connections', 'Open XMPP connections', () => service.figures.connections)
  gauge(registry, 'mrdian_xmpp_sessions', 'XMPP sessions of users and administrators', () => service.figures.sessions)
  counter(
    registry,
    'mrdian_xmpp_deliveries_total',
    'Notifications handed to a session',
    () => service.figures.deliveries,
  )
  counter(registry, 'mrdian_xmpp_received_bytes_total', 'Bytes received by XMPP', () => service.figures.bytesIn)
  counter(registry, 'mrdian_xmpp_sent_bytes_total', 'Bytes sent by XMPP', () => service.figures.bytesOut)
  counter(
    registry,
    'mrdian_xmpp_refused_total',
    'XMPP connections, sign-ins and sessions refused',
    () => service.figures.refused,
  )
}

function addGateway(registry: Registry, service: WatchedNotifications): void {
  gauge(registry, 'mrdian_publishes_in_flight', 'Publications without an answer', () => service.gateway.inFlight)
  gauge(registry, 'mrdian_publishes_waiting', 'Publications that wait for their turn', () => service.gateway.waiting)
  counter(
    registry,
    'mrdian_xmpp_gateway_sessions_total',
    "The engine's own sessions at the notification service; more than one: the engine had to reconnect",
    () => service.gateway.sessions,
  )
  counter(
    registry,
    'mrdian_xmpp_gateway_failed_attempts_total',
    'Failed attempts to reach the notification service',
    () => service.gateway.failedAttempts,
  )
  const duration = new Histogram({
    name: 'mrdian_publish_duration_seconds',
    help: 'Time from the hand-over of a notification to the answer of the notification service',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [registry],
  })
  service.onPublished(({ outcome, milliseconds }) => duration.observe({ outcome }, milliseconds / 1000))
}

function addClock(registry: Registry, clock: Pick<SystemClock, 'figures'>): void {
  counter(registry, 'mrdian_clock_steps_total', 'How often the wall clock was set', () => clock.figures.steps)
  counter(
    registry,
    'mrdian_clock_suspended_seconds_total',
    'Time for which the machine was suspended',
    () => clock.figures.suspended / 1000,
  )
  gauge(
    registry,
    'mrdian_clock_offset_seconds',
    'The wall clock minus the time of this server, which slowly follows the wall clock',
    () => clock.figures.offset / 1000,
  )
}

function addInspector(registry: Registry, inspector: Pick<InspectorService, 'figures'>): void {
  gauge(registry, 'mrdian_inspect_viewers', 'Streams of the inspector', () => inspector.figures.viewers)
  counter(registry, 'mrdian_inspect_frames_total', 'Frames sent to viewers', () => inspector.figures.framesSent)
  counter(
    registry,
    'mrdian_inspect_frames_dropped_total',
    'Frames not sent: too many a second, or read too slowly',
    () => inspector.figures.framesDropped,
  )
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(read()) })
}

/** Adds a counter whose value is kept elsewhere; `read` returns it. */
function counter(registry: Registry, name: string, help: string, read: () => number): void {
  const made: Counter = new Counter({
    name,
    help,
    registers: [registry],
    collect: () => {
      made.reset()
      made.inc(read())
    },
  })
}
