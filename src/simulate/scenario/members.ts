/** Assigns the agents to groups. */
import type { Finding } from '../../directory/findings.ts'
import type { Directory } from '../../directory/model.ts'
import type { Member } from './model.ts'
import type { Group } from './schema.ts'

/**
 * Groups take their agents in the order of the file: the given users, or the users of the given teams, or all users
 * that are in no earlier group. `count` limits a group to the first ones.
 */
export function membersOf(
  groups: readonly Group[],
  { users }: Directory,
): { readonly members: readonly Member[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const left = new Map(users.map((user) => [user.id, user]))
  const members = groups.flatMap((group, at) => {
    const path = ['agents', at]
    for (const [index, user] of (group.users ?? []).entries())
      if (!left.has(user))
        findings.push({ path: [...path, 'users', index], message: `no user ${user}, or it is in an earlier group` })
    const free = [...left.values()].filter(
      ({ id, teamId }) =>
        (group.users === undefined || group.users.includes(id)) &&
        (group.teams === undefined || group.teams.includes(teamId)),
    )
    const wanted = group.count ?? free.length
    const isNamed = group.users !== undefined && free.length < group.users.length
    if (!isNamed && (free.length < wanted || free.length === 0))
      findings.push({ path, message: `only ${free.length} agents are left for this group` })
    const taken = free.slice(0, wanted)
    for (const { id } of taken) left.delete(id)
    return taken.map(({ id }, index) => ({ user: id, group, index }))
  })
  return { members, findings }
}
