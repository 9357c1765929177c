/** Which nodes a server outside has to have, and who is subscribed to them (`notifications 5.1`, 5.2). */
import type { Directory, User } from '../../directory/model.ts'
import { ROOT, SYSTEM_INFO, USER_PARTS } from '../service/nodes.ts'

/** A node as it should be. Accounts are ids, as the directory writes them. */
export interface NodePlan {
  readonly node: string
  /** `open`: everybody may subscribe. `whitelist`: members only. */
  readonly access: 'open' | 'whitelist'
  /** Who may subscribe; empty where everybody may. */
  readonly members: readonly string[]
  /** Who is subscribed without asking, with the bare JID. */
  readonly subscribers: readonly string[]
}

export interface PlanOptions {
  /** Accounts of administrators: they may subscribe to everything. */
  readonly administrators: readonly string[]
  /** False lets everybody subscribe to every node. */
  readonly authorize: boolean
}

/** All nodes of a directory, SystemInfo first. */
export function planNodes(directory: Directory, options: PlanOptions): readonly NodePlan[] {
  const { users, teams, mediaRoutingDomains } = directory
  const { administrators } = options
  const everybody = users.map(({ id }) => id)
  const supervisors = byTeam(users, ({ supervises }) => supervises)
  const members = byTeam(users, ({ teamId }) => [teamId])
  const closed = (node: string, subscribers: readonly string[], others: readonly string[]): NodePlan => ({
    node,
    access: options.authorize ? 'whitelist' : 'open',
    members: options.authorize ? [...new Set([...subscribers, ...others, ...administrators])] : [],
    subscribers,
  })
  const open = (node: string, subscribers: readonly string[]): NodePlan => ({
    node,
    access: 'open',
    members: [],
    subscribers,
  })
  return [
    open(SYSTEM_INFO, [...everybody, ...administrators]),
    ...teams.flatMap(({ id }) => [
      closed(`${ROOT}/Team/${id}/Users`, [], supervisors.get(id) ?? []),
      closed(`${ROOT}/Team/${id}/TeamMessages`, members.get(id) ?? [], supervisors.get(id) ?? []),
    ]),
    ...mediaRoutingDomains.map(({ id }) => open(`${ROOT}/Queue/${id}`, [])),
    ...users.flatMap(({ id, teamId }) =>
      USER_PARTS.map((part) => closed(`${ROOT}/User/${id}${part}`, [id], supervisors.get(teamId) ?? [])),
    ),
  ]
}

/** Ids of users by the teams that `teamsOf` gives for them. */
function byTeam(users: readonly User[], teamsOf: (user: User) => readonly string[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>()
  for (const user of users)
    for (const team of teamsOf(user)) {
      const ids = found.get(team) ?? []
      ids.push(user.id)
      found.set(team, ids)
    }
  return found
}
