/** Reads SystemInfo, queues and team messages (`user 9.1`, `dialog 8`, `dialog 9`; `notifications 8.10` to 8.12). */
import type {
  NamedQueueValue,
  QueueStatistics,
  QueuesValue,
  SystemInfoValue,
  TeamMessageValue,
} from '../../engine/values.ts'
import { lastPart } from './paths.ts'
import { numberAt, type Reading, timeAt } from './reading.ts'
import { at, childrenOf, type Tree, textAt } from './tree.ts'

/** SystemInfo with what the follower needs beside the engine's value. */
export interface SystemInfoDocument {
  readonly value: SystemInfoValue
  readonly xmppDomain: string
  readonly pubsubDomain: string
}

/** Every status but IN_SERVICE means that the node cannot be used (`notifications 12.1`). */
export function readSystemInfo(tree: Tree, { side }: Pick<Reading, 'side'>): SystemInfoDocument {
  const status = textAt(tree, 'status') === 'IN_SERVICE' ? 'IN_SERVICE' : 'OUT_OF_SERVICE'
  const currentTime = timeAt(tree, 'currentTimestamp') ?? 0
  return {
    value: {
      kind: 'systemInfo',
      side,
      status,
      statusReason: textAt(tree, 'statusReason'),
      platform: textAt(tree, 'deploymentType').startsWith('UCCX') ? 'CCX' : 'CCE',
      currentTime,
      lastCtiHeartbeatStatus: /^success$/i.test(textAt(tree, 'lastCTIHeartbeatStatus')) ? 'success' : 'failure',
      lastCtiHeartbeatTime: timeAt(tree, 'lastSuccessCTIHeartbeatTime') ?? currentTime,
    },
    xmppDomain: textAt(tree, 'xmppDomain'),
    pubsubDomain: textAt(tree, 'xmppPubSubDomain'),
  }
}

/** A queue; `undefined` without an id. */
export function readQueue(tree: Tree): NamedQueueValue | undefined {
  const id = textAt(tree, 'id') || lastPart(textAt(tree, 'uri'))
  if (id === '') return undefined
  const statistics = at(tree, 'statistics')
  return {
    kind: 'queue',
    id,
    name: textAt(tree, 'name'),
    ...(statistics ? { statistics: readStatistics(statistics) } : {}),
  }
}

function readStatistics(tree: Tree): QueueStatistics {
  const number = (name: string) => numberAt(tree, name, -1)
  return {
    callsInQueue: number('callsInQueue'),
    startTimeOfLongestCallInQueue: timeAt(tree, 'startTimeOfLongestCallInQueue'),
    agentsReady: number('agentsReady'),
    agentsNotReady: number('agentsNotReady'),
    agentsBusyOther: number('agentsBusyOther'),
    agentsLoggedOn: number('agentsLoggedOn'),
    agentsTalkingInbound: number('agentsTalkingInbound'),
    agentsTalkingOutbound: number('agentsTalkingOutbound'),
    agentsTalkingInternal: number('agentsTalkingInternal'),
    agentsWrapUpNotReady: number('agentsWrapUpNotReady'),
    agentsWrapUpReady: number('agentsWrapUpReady'),
  }
}

/** Queues that a user got or lost. */
export function readQueues(tree: Tree, user: string): QueuesValue {
  const queues = childrenOf(tree, 'Queue').flatMap((each) => readQueue(each) ?? [])
  return { kind: 'queues', user, queues: queues.map(({ id, name }) => ({ id, name })) }
}

/** A message to teams; `undefined` without an id. The contract does not confirm its form. */
export function readTeamMessage(tree: Tree): TeamMessageValue | undefined {
  const id = textAt(tree, 'id') || lastPart(textAt(tree, 'uri'))
  if (id === '') return undefined
  const by = at(tree, 'createdBy')
  return {
    kind: 'teamMessage',
    id,
    createdBy: {
      id: textAt(by, 'id') || (by?.text ?? ''),
      firstName: textAt(by, 'firstName'),
      lastName: textAt(by, 'lastName'),
    },
    createdAt: numberAt(tree, 'createdAt', 0) * 1000,
    durationSeconds: numberAt(tree, 'duration', 0),
    content: textAt(tree, 'content'),
    teams: childrenOf(at(tree, 'teams'), 'team').map((team) => team.text || textAt(team, 'id')),
  }
}
