/** Whose configuration a request reads (`user 2`; `user 4.10`; `user 8.2`). */
import { cellOf, restRight } from '../rights/index.ts'
import { authorise, authorisedTeam, authorisedUser, callerOfCall } from './authorisation.ts'
import type { Call } from './operation.ts'
import { RestRefusal } from './refusal.ts'

export interface Scope {
  /** The team whose entries are read. Absent: all entries, for administrators. */
  readonly team?: string
  /** The user in the path, if there is one. */
  readonly user?: string
}

/** `/User/{id}/…`: the user's own entries, which are those of the user's team. */
export function scopeOfUser(call: Call): Scope {
  const { id, teamId } = authorisedUser(call).user
  return { user: id, team: teamId }
}

/** `/TeamResource/{teamId}/…`: the entries of the team. */
export function scopeOfTeam(call: Call): Scope {
  return { team: authorisedTeam(call).id }
}

/** The list of everything. */
export function scopeOfAll(call: Call): Scope {
  authorise(call)
  return {}
}

/** One object: all entries for callers with a right to those of others, else the entries of the caller's team. */
export function scopeOfCaller(call: Call): Scope {
  const { id, role, teamId } = callerOfCall(call)
  if (cellOf(restRight(call.operation), role, 'foreign') === 'yes') return {}
  // A user who is not in the directory has no team.
  if (teamId === undefined) throw new RestRefusal('ROLE_NOT_ALLOWED', id)
  return { team: teamId }
}
