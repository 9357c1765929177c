/** `/metrics` of a follower. No label contains a user, a dialog or an address. */
import { collectDefaultMetrics, Registry } from '../../bundled/prom-client.ts'
import type { Follower } from '../../follow/index.ts'
import { addingTo } from '../adding.ts'
import type { Metrics } from '../metrics.ts'

/** `undefined` and `null` are shown as not a number. */
const numeric = (value: number | null): number => value ?? Number.NaN

export function followMetrics(follower: Follower): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { engine } = follower
  const { gauge, counter } = addingTo(registry)
  gauge('follow_up', '1 while the followed Finesse can be followed', () => Number(follower.status.isUp))
  gauge('follow_sessions', 'XMPP sessions at the followed Finesse', () => follower.figures.sessions)
  gauge('follow_users_live', 'Users whose state is certain', () => follower.status.users.live)
  gauge('follow_users_resyncing', 'Users that are being read', () => follower.status.users.resyncing)
  gauge('follow_users_stale', 'Users whose state may be old', () => follower.status.users.stale)
  gauge(
    'follow_users_without_media',
    'Users whose media and tasks no account may read',
    () => follower.status.users.withoutMedia,
  )
  gauge(
    'follow_oldest_proof_seconds',
    'Age of the oldest of the newest proofs of all users',
    () => numeric(follower.status.oldestProofMs) / 1000,
  )
  gauge('follow_denied_accounts', 'Accounts that Finesse refuses', () => follower.status.denied.length)
  gauge(
    'follow_resync_seconds',
    'How long the newest read of all users took',
    () => numeric(follower.figures.lastResyncMs) / 1000,
  )
  const figures = () => follower.figures
  counter('follow_notifications_total', 'Notifications that came', () => figures().notifications)
  counter('follow_unreadable_total', 'Notifications that could not be read', () => figures().unreadable)
  counter('follow_strange_total', 'Values that the contract does not have', () => figures().strange)
  counter('follow_gaps_total', 'Times without notifications', () => figures().gaps)
  counter('follow_missed_total', 'Changes that no notification told', () => figures().missed)
  counter('follow_flagged_total', 'Steps that the charts do not have', () => figures().flagged)
  counter('follow_resyncs_total', 'Reads of a user', () => figures().resyncs)
  counter('follow_resyncs_failed_total', 'Reads of a user that failed', () => figures().failedResyncs)
  counter('follow_requests_total', 'Requests to the followed Finesse', () => figures().requests)
  counter('follow_requests_failed_total', 'Requests that were not answered', () => figures().failedRequests)
  counter('inputs_total', 'Inputs that were applied', () => engine.figures.inputs)
  counter('commits_total', 'Commits to the store', () => engine.figures.commits)
  return { contentType: registry.contentType, observe: () => undefined, text: () => registry.metrics() }
}
