/** The team view (`user 8.1`), and the list of teams. */
import { renderTeam, renderTeams } from '../../finesse/index.ts'
import { authorise, authorisedTeam } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply } from '../operation.ts'

function get(call: Call): Reply {
  const team = authorisedTeam(call)
  const signedInOnly = call.query('includeLoggedOutAgents') === 'false'
  const { get } = call.engine
  const members = get
    .directory()
    .users.flatMap((user) => (user.teamId === team.id ? (get.user(user.id, call.side) ?? []) : []))
    .filter((user) => !(signedInOnly && user.state === 'LOGOUT'))
  return found(renderTeam(team, members))
}

/** All teams. */
function listAll(call: Call): Reply {
  authorise(call)
  return found(renderTeams(call.engine.get.directory().teams))
}

export const TEAM_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/Team/:teamId', run: get },
  { access: 'caller', method: 'GET', path: '/Teams', run: listAll },
]
