/** Whose configuration a request reads (`user 2`; `user 4.10`; `user 8.2`). */
import { lookup } from '../directory/index.ts'
import { callingUser, readableUser, supervises } from './authorisation.ts'
import type { Call } from './operation.ts'
import { RestRefusal } from './refusal.ts'

export interface Scope {
  /** The team whose entries are read. Absent: all entries, for administrators. */
  readonly team?: string
  /** The user in the path, if there is one. */
  readonly user?: string
}

/** `/User/{id}/…`: the user's own entries, which are those of the user's team. Administrators read those of any user. */
export function scopeOfUser(call: Call): Scope {
  const { id, teamId } = readableUser(call)
  return { user: id, team: teamId }
}

/** `/TeamResource/{teamId}/…`: for members and supervisors of the team, and for administrators (choice). */
export function scopeOfTeam(call: Call): Scope {
  const team = call.param('teamId')
  const isMember = callingUser(call)?.teamId === team || supervises(call, team)
  if (!isMember && call.principal.kind !== 'administrator') throw new RestRefusal('OTHER_TEAM', team)
  if (lookup(call.engine.get.directory()).team(team) === undefined) throw new RestRefusal('TEAM_NOT_FOUND', team)
  return { team }
}

/** The list of everything, for administrators. */
export function scopeOfAll(call: Call): Scope {
  if (call.principal.kind !== 'administrator') throw new RestRefusal('ROLE_NOT_ALLOWED', call.principal.id)
  return {}
}

/** One object: administrators read all of them, users those of their team, because lists contain the URIs (choice). */
export function scopeOfCaller(call: Call): Scope {
  const me = callingUser(call)
  if (me !== undefined) return { team: me.teamId }
  return scopeOfAll(call)
}
