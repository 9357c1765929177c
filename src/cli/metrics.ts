/** `/metrics` in the text format of Prometheus. No label contains a user, a dialog or an address. */

import type { Side } from '../../machines/wire.ts'
import type { LockOutLog, ReloadableAccounts } from '../accounts/index.ts'
import { collectDefaultMetrics, Histogram, Registry } from '../bundled/prom-client.ts'
import type { SystemClock } from '../clock/system-clock.ts'
import type { Engine } from '../engine/api.ts'
import type { DrainValue } from '../engine/values.ts'
import type { Board } from '../inspect/board/index.ts'
import type { InspectorService } from '../inspect/index.ts'
import type { ConnectionGuard, SurfaceFigures } from '../sockets/index.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'
import { type Adding, addingTo } from './adding.ts'
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
  const adding = addingTo(registry)
  addConnections(adding, guard)
  addEngine(adding, engine, side)
  addDrain(adding, engine)
  addCampaigns(adding, engine)
  addMobileAgents(adding, engine)
  if (lockOuts) addLockOuts(adding, lockOuts)
  if (accounts) addPasswords(adding, accounts)
  addNotifications(adding, notifications)
  addGateway(registry, adding, notifications)
  if (clock) addClock(adding, clock)
  if (inspector) addInspector(adding, inspector)
  if (board) adding.gauge('board_viewers', 'Pages that show the board', () => board.viewers)
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

function addEngine({ gauge, counter }: Adding, engine: Engine, side: Side): void {
  counter('inputs_total', 'Inputs that were applied', () => engine.figures.inputs)
  counter('inputs_failed_total', 'Inputs that failed', () => engine.figures.failedInputs)
  counter('commits_total', 'Commits to the store', () => engine.figures.commits)
  counter('commits_failed_total', 'Commits that the store refused', () => engine.figures.failedCommits)
  counter(
    'commands_repeated_total',
    'Commands that were sent again, and answered without being done again',
    () => engine.figures.repeatedCommands,
  )
  counter('snapshots_total', 'Snapshots written', () => engine.figures.snapshots)
  gauge('store_bytes', 'Size of the data file, without its log', () => engine.storeSize?.bytes ?? 0)
  gauge(
    'store_free_bytes',
    'Space in the data file that deleted rows have left; new rows use it first',
    () => engine.storeSize?.free ?? 0,
  )
  gauge('store_ok', '1 while the store takes changes', () => (engine.storeProblem === undefined ? 1 : 0))
  counter('notifications_total', 'Notifications made', () => engine.figures.notifications)
  gauge(
    'outbox_pending',
    'Notifications and ACD requests that were not delivered yet',
    () => engine.figures.outboxPending,
  )
  gauge('acd_ok', '0 while the external ACD refuses requests, does not answer, or could not be started', () =>
    engine.acdProblem === undefined ? 1 : 0,
  )
  counter(
    'acd_requests_failed_total',
    'Requests that the external ACD refused; each is sent again',
    () => engine.figures.acdRequestsFailed,
  )
  gauge(
    'acd_requests_unanswered',
    'Requests that the external ACD has not answered yet',
    () => engine.figures.acdRequestsUnanswered,
  )
  gauge('aggregates', 'Aggregates in memory', () => engine.figures.aggregates)
  gauge('in_service', '1 while the side is in service', () => (engine.get.system(side).status === 'IN_SERVICE' ? 1 : 0))
}

/** Adds the numbers of the drain: the work that a stop of the server would interrupt. */
function addDrain({ gauge }: Adding, engine: Engine): void {
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
  gauge('draining', '1 while there are no new sign-ins and no new offers', () => (drain().draining ? 1 : 0))
  gauge('tasks_in_hand', 'Tasks that are with an agent', () => drain().tasks)
  gauge('calls_in_hand', 'Calls that are under way', () => drain().calls)
  gauge('tasks_waiting', 'Tasks that wait for an agent', () => drain().waiting)
  gauge('agents_signed_in', 'Users who are signed in to voice or to an MRD', () => drain().signedIn)
}

function addPasswords({ gauge, counter }: Adding, accounts: Pick<ReloadableAccounts, 'figures'>): void {
  const { checks, waiting } = {
    checks: 'Full checks of hashed passwords',
    waiting: 'Checks of hashed passwords that wait for their turn',
  }
  counter('password_checks_total', checks, () => accounts.figures.checks)
  gauge('password_checks_waiting', waiting, () => accounts.figures.waiting)
}

/** Adds the lock-outs after wrong passwords. Labels contain neither the account nor the address. */
function addLockOuts({ counters }: Adding, lockOuts: Pick<LockOutLog, 'figures'>): void {
  const help =
    'Lock-outs after wrong passwords: of an account, of an address, or of one or all addresses from an administrator'
  counters('lockouts_total', help, ['of'], () => {
    const { account, address, administrator, administratorEverywhere } = lockOuts.figures
    return [
      [{ of: 'account' }, account],
      [{ of: 'address' }, address],
      [{ of: 'address_from_administrator' }, administrator],
      [{ of: 'all_from_administrator' }, administratorEverywhere],
    ]
  })
}

/** Adds one line for each listener, with the name of the flag of its port. */
function addConnections({ gauges, counters }: Adding, guard: Pick<ConnectionGuard, 'figures'>): void {
  const add = (kind: typeof gauges | typeof counters, name: string, help: string, key: keyof SurfaceFigures) =>
    kind(`connections_${name}`, help, ['surface'], () =>
      [...guard.figures].map(([surface, figures]) => [{ surface }, figures[key]] as const),
    )
  add(gauges, 'open', 'Open connections', 'open')
  add(gauges, 'without_session', 'Open connections without a session', 'withoutSession')
  add(gauges, 'waiting', 'Open connections that wait until TLS, HTTP or XMPP takes them over', 'waiting')
  add(counters, 'made_way_total', 'Ended for a newer connection: too many in all', 'madeWay')
  add(counters, 'refused_per_address_total', 'Ended: too many without a session from one address', 'refusedAddress')
  add(counters, 'refused_total', 'Refused: too many, and all with a session', 'refusedFull')
  add(counters, 'timed_out_total', 'Ended: no session in time', 'timedOut')
  add(counters, 'tls_failed_total', 'Ended: an error of TLS, or no TLS', 'tlsFailed')
  add(counters, 'redirected_total', 'HTTP requests without TLS that were redirected to the https address', 'redirected')
  add(counters, 'flooded_total', 'Ended: a flood of HTTP/2 frames', 'flooded')
}

function addNotifications({ gauge, counter }: Adding, service: WatchedNotifications): void {
  gauge('xmpp_online', '1 while notifications are sent', () => (service.online ? 1 : 0))
  gauge('xmpp_connections', 'Open XMPP connections', () => service.figures.connections)
  gauge('xmpp_sessions', 'XMPP sessions of users and administrators', () => service.figures.sessions)
  counter('xmpp_deliveries_total', 'Notifications handed to a session', () => service.figures.deliveries)
  counter('xmpp_received_bytes_total', 'Bytes received by XMPP', () => service.figures.bytesIn)
  counter('xmpp_sent_bytes_total', 'Bytes sent by XMPP', () => service.figures.bytesOut)
  counter('xmpp_refused_total', 'XMPP connections, sign-ins and sessions refused', () => service.figures.refused)
}

function addGateway(registry: Registry, { gauge, counter }: Adding, service: WatchedNotifications): void {
  gauge('publishes_in_flight', 'Publications without an answer', () => service.gateway.inFlight)
  gauge('publishes_waiting', 'Publications that wait for their turn', () => service.gateway.waiting)
  counter(
    'xmpp_gateway_sessions_total',
    "The engine's own sessions at the notification service; more than one: the engine had to reconnect",
    () => service.gateway.sessions,
  )
  counter(
    'xmpp_gateway_failed_attempts_total',
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

function addClock({ gauge, counter }: Adding, clock: Pick<SystemClock, 'figures'>): void {
  counter('clock_steps_total', 'How often the wall clock was set', () => clock.figures.steps)
  counter(
    'clock_suspended_seconds_total',
    'Time for which the machine was suspended',
    () => clock.figures.suspended / 1000,
  )
  gauge(
    'clock_offset_seconds',
    'The wall clock minus the time of this server, which slowly follows the wall clock',
    () => clock.figures.offset / 1000,
  )
}

function addInspector({ gauge, counter }: Adding, inspector: Pick<InspectorService, 'figures'>): void {
  gauge('inspect_viewers', 'Streams of the inspector', () => inspector.figures.viewers)
  counter('inspect_frames_total', 'Frames sent to viewers', () => inspector.figures.framesSent)
  counter(
    'inspect_frames_dropped_total',
    'Frames not sent: too many a second, or read too slowly',
    () => inspector.figures.framesDropped,
  )
}
