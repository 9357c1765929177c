/** Queues on the wire (`dialog 8`, `notifications 8.10`, 8.11): name and URI, without statistics. */
import type { NamedQueueValue } from '../engine/values.ts'
import { leaf, list, parent } from './xml.ts'

type Named = Pick<NamedQueueValue, 'id' | 'name'>

/** The root is `Queue` with an upper-case letter, in notifications too (ruling 2). */
export function renderQueue({ id, name }: Named): string {
  return parent('Queue', leaf('name', name), leaf('uri', `/finesse/api/Queue/${id}`))
}

/** The queues of a user (`notifications 8.11`). */
export function renderQueues(queues: readonly Named[]): string {
  return list('Queues', queues.map(renderQueue))
}
