/**
 * Authorisation: applies the operation's row of the table of rights (`src/rights/table.ts`) to the caller and the
 * object that the request names.
 *
 * Authorisation is checked before existence: an agent who asks for another user gets the same 401, whether that user
 * exists or not. Callers who may act on other users get 404 for an unknown user.
 */
import { lookup, type Team } from '../directory/index.ts'
import { ownerOf } from '../engine/reads.ts'
import type { DialogValue, TeamMessageValue, UserValue } from '../engine/values.ts'
import {
  type Caller,
  callerOf,
  RELATIONS,
  type Relation,
  type RestRight,
  type RestVerdict,
  relationsToDialog,
  relationsToMessage,
  relationsToTeam,
  relationToUser,
  restRight,
  verdictOf,
} from '../rights/index.ts'
import type { Call } from './operation.ts'
import { RestRefusal } from './refusal.ts'

/** The caller with its role and teams. */
export function callerOfCall(call: Call): Caller {
  return callerOf(call.principal, lookup(call.engine.get.directory()).user(call.principal.id))
}

/** Throws `RestRefusal` unless one of the relations allows it. `named`: the object as the request names it. */
function decide(call: Call, right: RestRight, relations: readonly Relation[], named: string): void {
  const { id, role } = callerOfCall(call)
  const verdict = verdictOf(right, role, relations, ['yes'])
  if (verdict === 'yes') return
  throw new RestRefusal(verdict, aboutOf(verdict, id) ?? named)
}

/** What a refusal names in place of the object. */
function aboutOf(verdict: RestVerdict, caller: string): string | undefined {
  if (verdict === 'ROLE_NOT_ALLOWED') return caller
  return verdict === 'TARGET_STATE_NOT_ALLOWED' ? 'state' : undefined
}

/** Checks the right to an operation that names no object of somebody. Throws `RestRefusal`. */
export function authorise(call: Call): void {
  decide(call, restRight(call.operation), ['foreign'], '')
}

/** Refuses callers whose role has the right to no object, before the body is read that names the objects. */
export function authoriseRole(call: Call): void {
  decide(call, restRight(call.operation), RELATIONS, '')
}

/** Checks the right to an operation on the objects of a user whom a query names. Throws `RestRefusal`. */
export function authoriseFor(call: Call, userId: string): void {
  const user = lookup(call.engine.get.directory()).user(userId)
  decide(call, restRight(call.operation), [relationToUser(callerOfCall(call), user)], userId)
}

/** The refusal of a request that names an object which does not exist. */
export function notFound(call: Call, named: string): RestRefusal {
  return new RestRefusal(restRight(call.operation).missing, named)
}

export interface AuthorisedUser {
  readonly user: UserValue
  readonly relation: Relation
}

/**
 * The user in the path, if the caller has the right to the operation; else throws `RestRefusal`. `action`: of a request
 * whose action may have a right of its own. A login name may replace the id where `loginNames` says so, and on CCX
 * everywhere (`user 4.5`). In other operations the caller's own login name counts as the caller's own object, but as an
 * unknown id (404, not 401).
 */
export function authorisedUser(
  call: Call,
  { action, loginNames = false }: { readonly action?: string; readonly loginNames?: boolean } = {},
): AuthorisedUser {
  const named = call.param('id')
  const directory = call.engine.get.directory()
  const find = lookup(directory)
  const known = find.user(named) ?? find.userByLoginName(named)
  const id = known?.id ?? named
  const user = call.engine.get.user(loginNames || directory.platform === 'CCX' ? id : named, call.side)
  const own = relationToUser(callerOfCall(call), { id, teamId: undefined }) === 'own'
  const relation = own ? 'own' : relationToUser(callerOfCall(call), user)
  const right = restRight(call.operation, action)
  decide(call, right, [relation], named)
  if (user === undefined) throw new RestRefusal(right.missing, named)
  return { user, relation }
}

/** Checks that the user with this extension, if there is one, is of a team that the caller supervises. */
export function authoriseListening(call: Call, extension: string): void {
  const caller = callerOfCall(call)
  const agent = lookup(call.engine.get.directory()).userByExtension(extension)
  if (agent === undefined || agent.id === caller.id) return
  if (relationToUser(caller, agent) !== 'team') throw new RestRefusal('NOT_IN_SUPERVISED_TEAM', agent.id)
}

/** The team, if the caller has the right to the operation. `named`: its id, if it is not in the path. */
export function authorisedTeam(call: Call, named = call.param('teamId')): Team {
  const team = lookup(call.engine.get.directory()).team(named)
  decide(call, restRight(call.operation), relationsToTeam(callerOfCall(call), team?.id), named)
  if (team === undefined) throw notFound(call, named)
  return team
}

/**
 * The dialog in the path, if the caller has the right to the operation. Throws `RestRefusal`. Callers who might use the
 * dialog before it ended get 404 (`dialog V105`). `action`: of a request whose action may have a right of its own.
 */
export function authorisedDialog(call: Call, action?: string): DialogValue {
  const named = call.param('dialogId')
  const dialog = call.engine.get.dialog(named)
  const find = lookup(call.engine.get.directory())
  const people = (dialog === undefined ? pastUsers(call, named) : users(dialog)).map((id) => ({
    id,
    teamId: find.user(id)?.teamId,
  }))
  const right = restRight(call.operation, action)
  decide(call, right, relationsToDialog(callerOfCall(call), people), named)
  if (dialog === undefined) throw new RestRefusal(right.missing, named)
  return dialog
}

/** The team message in the path, if the caller has the right to the operation. Throws `RestRefusal`. */
export function authorisedMessage(call: Call): TeamMessageValue {
  const named = call.param('messageId')
  const message = call.engine.teamMessages.get(named)
  const known = message && { by: message.createdBy.id, teams: message.teams }
  decide(call, restRight(call.operation), relationsToMessage(callerOfCall(call), known), named)
  if (message === undefined) throw notFound(call, named)
  return message
}

function users(dialog: DialogValue): readonly string[] {
  if (dialog.kind === 'task') return [dialog.user]
  return dialog.participants.flatMap((participant) => (participant.user === undefined ? [] : [participant.user]))
}

/**
 * Users of a dialog that has ended, as far as they are known. The id of a task's dialog contains its user; the built-in
 * ACD remembers its last calls.
 */
function pastUsers(call: Call, id: string): readonly string[] {
  const owner = ownerOf(id)
  if (owner !== undefined) return [owner.user]
  const past = call.engine.acd?.call(id)
  return past === undefined ? [] : users(past)
}
