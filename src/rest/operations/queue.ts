/**
 * Queues of tasks and of calls (`dialog 8`): a queue with its statistics, and which queues a user has.
 */
import { type Directory, lookup, type User } from '../../directory/index.ts'
import { renderQueue, renderQueues } from '../../finesse/index.ts'
import { authorise, authorisedUser, notFound } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply } from '../operation.ts'

function get(call: Call): Reply {
  authorise(call)
  const id = call.param('queueId')
  const queue = call.engine.get.queue(id)
  if (queue === undefined) throw notFound(call, id)
  return found(renderQueue(queue))
}

function listOfUser(call: Call): Reply {
  const { id } = authorisedUser(call).user
  const directory = call.engine.get.directory()
  const user = lookup(directory).user(id)
  if (user === undefined) throw notFound(call, id)
  const owners = queueOwners(directory, user)
  const had = new Set(owners.flatMap(({ mediaRoutingDomains }) => mediaRoutingDomains))
  const ids = new Set(owners.map((owner) => owner.id))
  const ofTasks = directory.mediaRoutingDomains.filter((mrd) => had.has(mrd.id))
  const ofCalls = (directory.queues ?? []).filter(({ agents }) => agents.some((agent) => ids.has(agent)))
  return found(renderQueues([...ofTasks, ...ofCalls].flatMap((queue) => call.engine.get.queue(queue.id) ?? [])))
}

/** The users whose queues are in a user's list: for a supervisor also those of the own team and the supervised ones. */
function queueOwners(directory: Directory, user: User): readonly User[] {
  if (!user.roles.includes('Supervisor')) return [user]
  const { members } = lookup(directory)
  return [user, ...[user.teamId, ...user.supervises].flatMap((team) => members(team))]
}

export const QUEUE_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/Queue/:queueId', platform: 'CCE', run: get },
  { access: 'caller', method: 'GET', path: '/User/:id/Queues', platform: 'CCE', run: listOfUser },
]
