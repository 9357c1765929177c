/** Who calls, and the relation of the caller to an object. */
import type { User } from '../directory/index.ts'
import type { Relation, Role } from './right.ts'

export interface Caller {
  /** Id of the user, or name of the administrator. */
  readonly id: string
  readonly role: Role
  /** The team that the caller belongs to. Administrators have none. */
  readonly teamId: string | undefined
  /** Ids of the supervised teams. Only supervisors have some. */
  readonly supervises: readonly string[]
}

/** `user`: the caller in the directory. A user who is not there has the rights of an agent without a team. */
export function callerOf(
  { id, kind }: { readonly id: string; readonly kind: 'user' | 'administrator' },
  user: Pick<User, 'roles' | 'teamId' | 'supervises'> | undefined,
): Caller {
  if (kind === 'administrator') return { id, role: 'administrator', teamId: undefined, supervises: [] }
  const isSupervisor = user?.roles.includes('Supervisor') ?? false
  return {
    id,
    role: isSupervisor ? 'supervisor' : 'agent',
    teamId: user?.teamId,
    supervises: isSupervisor ? (user?.supervises ?? []) : [],
  }
}

/** What a relation depends on. A user who was removed has no team any more. */
export interface Person {
  readonly id: string
  readonly teamId: string | undefined
}

/** Relation to a user. `undefined`: there is no such user. */
export function relationToUser(caller: Caller, user: Person | undefined): Relation {
  if (user === undefined) return 'unknown'
  if (caller.role !== 'administrator' && caller.id === user.id) return 'own'
  const teams = caller.role === 'agent' ? [caller.teamId] : caller.supervises
  return user.teamId !== undefined && teams.includes(user.teamId) ? 'team' : 'foreign'
}

/** Relations to a team. A supervisor may belong to a team and supervise it. `undefined`: there is no such team. */
export function relationsToTeam(caller: Caller, team: string | undefined): readonly Relation[] {
  if (team === undefined) return ['unknown']
  const held: Relation[] = []
  if (caller.teamId === team) held.push('own')
  if (caller.supervises.includes(team)) held.push('team')
  return held.length === 0 ? ['foreign'] : held
}

/** Relations to a dialog of these users. Without users there is no such dialog. */
export function relationsToDialog(caller: Caller, users: readonly Person[]): readonly Relation[] {
  if (users.length === 0) return ['unknown']
  return [...new Set(users.map((user) => relationToUser(caller, user)))]
}

/** What the relation to a team message depends on. */
export interface Message {
  /** Id of the user who wrote it. */
  readonly by: string
  readonly teams: readonly string[]
}

/** Relations to a team message. `undefined`: there is no such message. */
export function relationsToMessage(caller: Caller, message: Message | undefined): readonly Relation[] {
  if (message === undefined) return ['unknown']
  const held: Relation[] = []
  if (caller.role !== 'administrator' && caller.id === message.by) held.push('own')
  const teams = [...(caller.teamId === undefined ? [] : [caller.teamId]), ...caller.supervises]
  if (message.teams.some((team) => teams.includes(team))) held.push('team')
  return held.length === 0 ? ['foreign'] : held
}
