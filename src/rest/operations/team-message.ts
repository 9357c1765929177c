/** Messages to teams (`dialog 9`): supervisors and administrators write them, the members of the teams read them. */
import { randomUUID } from 'node:crypto'
import { lookup } from '../../directory/index.ts'
import { readTeamMessageRequest, renderTeamMessage, renderTeamMessages } from '../../finesse/index.ts'
import { authorisedMessage, authorisedTeam, authoriseFor, authoriseRole } from '../authorisation.ts'
import { type Call, done, found, type Operation, type Reply, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

async function create(call: Call): Promise<Reply> {
  authoriseRole(call)
  const { teams, content, durationSeconds } = understood(readTeamMessageRequest(call.body()))
  for (const team of teams) authorisedTeam(call, team)
  const { engine, principal, requestId } = call
  // Administrators have no names.
  const { firstName = '', lastName = '' } = lookup(engine.get.directory()).user(principal.id) ?? {}
  const createdBy = { id: principal.id, firstName, lastName }
  const given = { id: randomUUID(), createdBy, durationSeconds, content, teams, requestId }
  const message = await engine.teamMessages.create(given)
  if (message === undefined) throw new RestRefusal('TOO_MANY_TEAM_MESSAGES')
  return found(renderTeamMessage(message))
}

async function remove(call: Call): Promise<Reply> {
  await call.engine.teamMessages.delete(authorisedMessage(call).id, call.requestId)
  return done
}

function listOfCreator(call: Call): Reply {
  const creator = call.query('createdBy')
  if (creator === '') throw new RestRefusal('PARAMETER_MISSING', 'createdBy')
  authoriseFor(call, creator)
  return found(renderTeamMessages(call.engine.teamMessages.createdBy(creator)))
}

export const TEAM_MESSAGE_OPERATIONS: readonly Operation[] = [
  // The example of the documents has the second path.
  { access: 'caller', method: 'POST', path: '/TeamMessage', run: create },
  { access: 'caller', method: 'POST', path: '/TeamMessages', run: create },
  { access: 'caller', method: 'GET', path: '/TeamMessages', run: listOfCreator },
  {
    access: 'caller',
    method: 'GET',
    path: '/Team/:teamId/TeamMessages',
    run: (call) => found(renderTeamMessages(call.engine.teamMessages.ofTeam(authorisedTeam(call).id))),
  },
  {
    access: 'caller',
    method: 'GET',
    path: '/TeamMessage/:messageId',
    run: (call) => found(renderTeamMessage(authorisedMessage(call))),
  },
  { access: 'caller', method: 'DELETE', path: '/TeamMessage/:messageId', run: remove },
]
