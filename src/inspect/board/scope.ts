/**
 * The agents that a viewer sees. Administrators and wallboards see all, supervisors the teams that they supervise, agents
 * none.
 */
import type { Directory, Team, User } from '../../directory/model.ts'
import type { Visitor } from '../access/visitor.ts'
import type { BoardViewer } from './protocol.ts'

export interface Scope {
  readonly viewer: BoardViewer
  readonly teams: readonly Team[]
  /** In the order of the directory. */
  readonly users: readonly User[]
}

/** The scope of a visitor; `undefined` if it may not see the board. Compute it again when the directory changes. */
export function scopeOf({ id, kind }: Visitor, { teams, users }: Directory): Scope | undefined {
  if (kind !== 'user') return { viewer: { id, role: kind }, teams, users }
  const user = users.find((each) => each.id === id)
  if (!user?.roles.includes('Supervisor')) return undefined
  const seen = new Set(user.supervises)
  return {
    viewer: { id, role: 'supervisor' },
    teams: teams.filter((team) => seen.has(team.id)),
    users: users.filter(({ teamId }) => seen.has(teamId)),
  }
}
