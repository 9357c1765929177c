/** The team view (`user 8.1`), and the list of teams. */
import { lookup } from '../../directory/index.ts'
import { renderTeam, renderTeams } from '../../finesse/index.ts'
import { supervises } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'
import { scopeOfAll } from '../scope.ts'

function get(call: Call): Reply {
  const id = call.param('teamId')
  if (call.principal.kind !== 'administrator' && !supervises(call, id)) {
    throw new RestRefusal('ROLE_NOT_ALLOWED', call.principal.id)
  }
  const team = lookup(call.engine.get.directory()).team(id)
  if (team === undefined) throw new RestRefusal('RESOURCE_NOT_FOUND', id)
  const signedInOnly = call.query('includeLoggedOutAgents') === 'false'
  const { get } = call.engine
  const members = get
    .directory()
    .users.flatMap((user) => (user.teamId === id ? (get.user(user.id, call.side) ?? []) : []))
    .filter((user) => !(signedInOnly && user.state === 'LOGOUT'))
  return found(renderTeam(team, members))
}

/** All teams, for administrators. */
function listAll(call: Call): Reply {
  scopeOfAll(call)
  return found(renderTeams(call.engine.get.directory().teams))
}

export const TEAM_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/Team/:teamId', run: get },
  { access: 'caller', method: 'GET', path: '/Teams', run: listAll },
]
