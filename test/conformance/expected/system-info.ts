/** SystemInfo: `user 9.1`. */
import { at, group, leaf, type Tree, valueAt } from '../tree.ts'
import { wireTime } from './time.ts'

/**
 * SystemInfo of a side. The addresses, the reason of an outage and the time of the last heartbeat are copied from
 * `shown`. All other values are expected ones.
 */
export function expectedSystemInfo(root: 'SystemInfo' | 'systemInfo', now: number, status: string, shown: Tree): Tree {
  const info = at(shown, `data/${root}`) ?? shown
  const read = (path: string) => valueAt(info, path) ?? `a value of ${path}`
  const heard = Number(read('lastSuccessCTIHeartbeatTime'))
  const secondary = at(info, 'secondaryNode')
  return group(
    root,
    leaf('currentTimestamp', wireTime(now)),
    leaf('deploymentType', read('deploymentType') === 'UCCX' ? 'UCCX' : 'UCCE'),
    leaf('lastCTIHeartbeatStatus', status === 'IN_SERVICE' ? 'success' : read('lastCTIHeartbeatStatus')),
    leaf('lastSuccessCTIHeartbeatTime', heard > 0 && heard <= now ? heard : 'a time of the past'),
    leaf('ctiVersion', 23),
    leaf('ctiHeartbeatInterval', 5),
    leaf('license', ''),
    leaf('peripheralId', 5000),
    group('primaryNode', leaf('host', read('primaryNode/host') || 'a host')),
    secondary && group('secondaryNode', leaf('host', read('secondaryNode/host') || 'a host')),
    leaf('status', status),
    leaf('statusReason', status === 'IN_SERVICE' ? '' : read('statusReason') || 'a reason'),
    leaf('systemAuthMode', 'NON_SSO'),
    leaf('timezoneOffset', 0),
    leaf('uri', '/finesse/api/SystemInfo'),
    leaf('xmppDomain', read('xmppDomain') || 'a domain'),
    leaf('xmppPubSubDomain', `pubsub.${read('xmppDomain')}`),
  )
}
