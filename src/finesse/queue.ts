/** Queues on the wire (`dialog 8`, `notifications 8.10`, 8.11): by name; there are no statistics. */
import type { NamedQueueValue } from '../engine/values.ts'
import { leaf, list, parent } from './xml.ts'

type Named = Pick<NamedQueueValue, 'id' | 'name'>

/** `Queue` in upper case in notifications too (ruling 2). */
export function renderQueue({ id, name }: Named): string {
  return parent('Queue', leaf('name', name), leaf('uri', `/finesse/api/Queue/${id}`))
}

export function renderQueues(queues: readonly Named[]): string {
  return list('Queues', queues.map(renderQueue))
}
