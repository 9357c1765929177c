/** `/metrics` of a follower. No label contains a user, a dialog or an address. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from '../../bundled/prom-client.ts'
import type { Follower } from '../../follow/index.ts'
import type { Metrics } from '../metrics.ts'

/** `undefined` and `null` are shown as not a number. */
const numeric = (value: number | null): number => value ?? Number.NaN

export function followMetrics(follower: Follower): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { engine } = follower
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  gauge('mrdian_follow_up', '1 while the followed Finesse can be followed', () => Number(follower.status.isUp))
  gauge('mrdian_follow_sessions', 'XMPP sessions at the followed Finesse', () => follower.figures.sessions)
  gauge('mrdian_follow_users_live', 'Users whose state is certain', () => follower.status.users.live)
  gauge('mrdian_follow_users_resyncing', 'Users that are being read', () => follower.status.users.resyncing)
  gauge('mrdian_follow_users_stale', 'Users whose state may be old', () => follower.status.users.stale)
  gauge(
    'mrdian_follow_users_without_media',
    'Users whose media and tasks no account may read',
    () => follower.status.users.withoutMedia,
  )
  gauge(
    'mrdian_follow_oldest_proof_seconds',
    'Age of the oldest of the newest proofs of all users',
    () => numeric(follower.status.oldestProofMs) / 1000,
  )
  gauge('mrdian_follow_denied_accounts', 'Accounts that Finesse refuses', () => follower.status.denied.length)
  gauge(
    'mrdian_follow_resync_seconds',
    'How long the newest read of all users took',
    () => numeric(follower.figures.lastResyncMs) / 1000,
  )
  const figures = () => follower.figures
  counter('mrdian_follow_notifications_total', 'Notifications that came', () => figures().notifications)
  counter('mrdian_follow_unreadable_total', 'Notifications that could not be read', () => figures().unreadable)
  counter('mrdian_follow_strange_total', 'Values that the contract does not have', () => figures().strange)
  counter('mrdian_follow_gaps_total', 'Times without notifications', () => figures().gaps)
  counter('mrdian_follow_missed_total', 'Changes that no notification told', () => figures().missed)
  counter('mrdian_follow_flagged_total', 'Steps that the charts do not have', () => figures().flagged)
  counter('mrdian_follow_resyncs_total', 'Reads of a user', () => figures().resyncs)
  counter('mrdian_follow_resyncs_failed_total', 'Reads of a user that failed', () => figures().failedResyncs)
  counter('mrdian_follow_requests_total', 'Requests to the followed Finesse', () => figures().requests)
  counter('mrdian_follow_requests_failed_total', 'Requests that were not answered', () => figures().failedRequests)
  counter('mrdian_inputs_total', 'Inputs that were applied', () => engine.figures.inputs)
  counter('mrdian_commits_total', 'Commits to the store', () => engine.figures.commits)
  return { contentType: registry.contentType, observe: () => undefined, text: () => registry.metrics() }
}
