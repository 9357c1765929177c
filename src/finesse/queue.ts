/** Queues on the wire (`dialog 8`, `notifications 8.10`, 8.11). */
import type { NamedQueueValue, QueueStatistics } from '../engine/values.ts'
import { leaf, list, parent, wireSecond } from './xml.ts'

type Queue = Omit<NamedQueueValue, 'kind'>

/** The root is `Queue` with an upper-case letter, in notifications too (ruling 2). */
export function renderQueue({ id, name, statistics }: Queue): string {
  return parent(
    'Queue',
    leaf('name', name),
    statistics === undefined ? '' : renderStatistics(statistics),
    leaf('uri', `/finesse/api/Queue/${id}`),
  )
}

/** In the order of the documents, which is not alphabetical (ruling 1). */
function renderStatistics(of: QueueStatistics): string {
  return parent(
    'statistics',
    leaf('callsInQueue', of.callsInQueue),
    leaf('startTimeOfLongestCallInQueue', wireSecond(of.startTimeOfLongestCallInQueue)),
    leaf('agentsReady', of.agentsReady),
    leaf('agentsNotReady', of.agentsNotReady),
    leaf('agentsBusyOther', of.agentsBusyOther),
    leaf('agentsLoggedOn', of.agentsLoggedOn),
    leaf('agentsTalkingInbound', of.agentsTalkingInbound),
    leaf('agentsTalkingOutbound', of.agentsTalkingOutbound),
    leaf('agentsTalkingInternal', of.agentsTalkingInternal),
    leaf('agentsWrapUpNotReady', of.agentsWrapUpNotReady),
    leaf('agentsWrapUpReady', of.agentsWrapUpReady),
  )
}

/** The queues of a user (`notifications 8.11`). */
export function renderQueues(queues: readonly Queue[]): string {
  return list('Queues', queues.map(renderQueue))
}
