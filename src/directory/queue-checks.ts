/** Checks the queues of calls. */
import { checkEachOnce, quote, type Report, Unique } from './findings.ts'
import type { Path } from './locate.ts'
import { type QueueAgents, VOICE_MRD } from './model.ts'
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
    for (const number of Object.keys(queue.priorities ?? {}))
      if (!queue.numbers.includes(number))
        report([...path, 'priorities', number], 'is not among the numbers of the queue')
    checkQueueAgents(queue, { users: new Set(queue.agents), what: 'an agent of the queue' }, file, path, report)
  })
}

/** Checks `skills` and `overflow` of a queue of calls or tasks. `members`: who may be named there. */
export function checkQueueAgents(
  { skills = {}, overflow = [] }: QueueAgents,
  members: { readonly users: ReadonlySet<string>; readonly what: string },
  { teams }: { readonly teams: readonly { readonly id: string }[] },
  path: Path,
  report: Report,
): void {
  const named = new Unique(report)
  const known = new Set(teams.map(({ id }) => id))
  const checkUser = (user: string, at: Path) => {
    if (!members.users.has(user)) report(at, `user ${quote(user)} is not ${members.what}`)
  }
  for (const user of Object.keys(skills)) checkUser(user, [...path, 'skills', user])
  for (const [at, { afterSeconds, agents = [], teams: ofTeams = [] }] of overflow.entries()) {
    const stage = [...path, 'overflow', at]
    if (agents.length + ofTeams.length === 0) report(stage, 'must name agents or teams')
    const before = overflow[at - 1]
    if (before && before.afterSeconds >= afterSeconds)
      report([...stage, 'afterSeconds'], 'must be later than the stage before')
    for (const [index, user] of agents.entries()) {
      checkUser(user, [...stage, 'agents', index])
      named.claim(`user ${user}`, `overflow[${at}]`, [...stage, 'agents', index], `user ${quote(user)}`)
    }
    for (const [index, team] of ofTeams.entries()) {
      if (!known.has(team)) report([...stage, 'teams', index], `team ${quote(team)} does not exist`)
      named.claim(`team ${team}`, `overflow[${at}]`, [...stage, 'teams', index], `team ${quote(team)}`)
    }
  }
}
