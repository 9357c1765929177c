/** SystemInfo on the wire (`user 9.1`). */
import type { Platform } from '../directory/model.ts'
import type { NamedQueueValue, SystemInfoValue } from '../engine/values.ts'
import { offsetAt } from '../times/zone.ts'
import { leaf, parent, wireTime } from './xml.ts'

/** How users sign in: with passwords, with access tokens, or with both (`user 9.1`). */
export type AuthMode = 'NON_SSO' | 'SSO' | 'HYBRID'

/** Data that the engine does not have: host names and domains of the sides. */
export interface WireContext {
  readonly primaryHost: string
  /** Host of the other side. When left out, SystemInfo has no `secondaryNode`. */
  readonly secondaryHost?: string
  readonly xmppDomain: string
  readonly pubsubDomain: string
  /** Decides the codes of some failures (`user 5.4`); `CCE` when left out. */
  readonly platform?: Platform
  /** A queue with its present statistics. Without it, queues that a user gets are shown without statistics. */
  readonly queue?: (id: string) => NamedQueueValue | undefined
  /** The time zone of the deployment, by its name (`Europe/Paris`); UTC when left out. */
  readonly timeZone?: string | undefined
  /** How users sign in; `NON_SSO` when left out. */
  readonly authMode?: AuthMode
}

// Values of a 12.5 server that describe its link to a CTI server. This product has no such link.
const CTI_VERSION = 23
const CTI_HEARTBEAT_SECONDS = 5
const PERIPHERAL_ID = 5000

/** Whole minutes by which local time is ahead of UTC at `time` (ms since 1970 UTC). Summer time counts. */
const minutesEast = (time: number, timeZone: string | undefined): number =>
  timeZone === undefined ? 0 : Math.trunc(offsetAt(time, timeZone) / 60_000)

/** The whole object. The root is `SystemInfo` in an answer and `systemInfo` in a notification (ruling 2). */
export function renderSystemInfo(
  info: SystemInfoValue,
  context: WireContext,
  root: 'SystemInfo' | 'systemInfo' = 'SystemInfo',
): string {
  const { secondaryHost } = context
  return parent(
    root,
    leaf('currentTimestamp', wireTime(info.currentTime)),
    leaf('deploymentType', info.platform === 'CCX' ? 'UCCX' : 'UCCE'),
    leaf('lastCTIHeartbeatStatus', info.lastCtiHeartbeatStatus),
    leaf('lastSuccessCTIHeartbeatTime', info.lastCtiHeartbeatTime),
    leaf('ctiVersion', CTI_VERSION),
    leaf('ctiHeartbeatInterval', CTI_HEARTBEAT_SECONDS),
    leaf('license', ''),
    leaf('peripheralId', PERIPHERAL_ID),
    parent('primaryNode', leaf('host', context.primaryHost)),
    secondaryHost === undefined ? '' : parent('secondaryNode', leaf('host', secondaryHost)),
    leaf('status', info.status),
    leaf('statusReason', info.statusReason),
    leaf('systemAuthMode', context.authMode ?? 'NON_SSO'),
    leaf('timezoneOffset', minutesEast(info.currentTime, context.timeZone)),
    leaf('uri', '/finesse/api/SystemInfo'),
    leaf('xmppDomain', context.xmppDomain),
    leaf('xmppPubSubDomain', context.pubsubDomain),
  )
}
