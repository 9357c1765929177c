/** Checks the queues of calls. */
import { checkEachOnce, quote, type Report, Unique } from './findings.ts'
import { VOICE_MRD } from './model.ts'
import type { DirectoryFile } from './schema.ts'

/**
 * Queues of calls and of MRDs share one name space of ids, because both are Queues on the wire (`dialog 8`). Numbers of
 * queues and extensions share one too: `dialled`.
 */
export function checkQueues(file: DirectoryFile, dialled: Unique, report: Report): void {
  const ids = new Unique(report)
  for (const { id } of file.mediaRoutingDomains) ids.reserve(id, `MRD ${quote(id)}`)
  ids.reserve(VOICE_MRD, 'the MRD of voice')
  const users = new Set(file.users.map(({ id }) => id))
  file.queues.forEach((queue, index) => {
    const path = ['queues', index]
    ids.claim(queue.id, `queues[${index}]`, [...path, 'id'], `id ${quote(queue.id)}`)
    queue.numbers.forEach((number, at) => {
      dialled.claim(number, `queues[${index}]`, [...path, 'numbers', at], `number ${quote(number)}`)
    })
    checkEachOnce(queue.agents, [...path, 'agents'], report)
    queue.agents.forEach((agent, at) => {
      if (!users.has(agent)) report([...path, 'agents', at], `user ${quote(agent)} does not exist`)
    })
  })
}
